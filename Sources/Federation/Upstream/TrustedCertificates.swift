import NIOSSL

/// Certificates that an operator trusts beside those of the system.
package enum TrustedCertificates {
    /// Whether a file can be read and holds certificates in PEM.
    package static func areUsable(in file: String) -> Bool {
        ((try? NIOSSLCertificate.fromPEMFile(file))?.isEmpty ?? true) == false
    }
}
