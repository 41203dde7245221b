/// The PEM files of a certificate chain and of its private key.
package struct TLSFiles: Sendable {
    package var certificate: String
    package var privateKey: String

    /// - Parameters:
    ///   - certificate: the path of the certificate chain, the server's certificate first.
    ///   - privateKey: the path of the private key.
    package init(certificate: String, privateKey: String) {
        self.certificate = certificate
        self.privateKey = privateKey
    }
}
