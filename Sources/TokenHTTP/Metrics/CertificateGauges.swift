import NIOSSL
package import PrometheusMetrics
package import TokenCore

/// The metrics of the certificate file: how old the certificate is, and when it expires.
package enum CertificateGauges {
    /// Empty when the file cannot be read.
    package static func readings(of tls: TLSFiles, at now: Timestamp) -> [MetricReading] {
        guard !TLSFiles.isSpecial(tls.certificate),
            let certificate = try? NIOSSLCertificate.fromPEMFile(tls.certificate).first
        else { return [] }
        return [
            MetricReading(
                "heirloom_certificate_age_seconds", Double(now.seconds - Int(certificate.notValidBefore))),
            MetricReading("heirloom_certificate_expiry_time_seconds", Double(certificate.notValidAfter)),
        ]
    }
}
