extension PublicListener {
    /// What the configuration says about the public listener.
    package struct Options: Sendable {
        package var issuer: String
        package var audience: [String]
        package var host: String
        package var port: Int
        /// The path of a Unix socket, which replaces host and port; nil for TCP.
        package var socketPath: String?
        package var maxBodyBytes: Int
        package var trustedProxies: TrustedProxies
        /// Nil for plain HTTP.
        package var tls: TLSCertificate?
        /// Other origins whose pages may call with cookies.
        package var allowedOrigins: [WebOrigin]
        /// Whether proofs need a nonce (RFC 9449 §8).
        package var requiresProofNonce: Bool

        /// - Parameter port: 0 for any free port.
        package init(
            issuer: String, audience: [String], host: String, port: Int, socketPath: String? = nil, maxBodyBytes: Int,
            trustedProxies: TrustedProxies, tls: TLSCertificate? = nil, allowedOrigins: [WebOrigin] = [],
            requiresProofNonce: Bool = false
        ) {
            self.issuer = issuer
            self.audience = audience
            self.host = host
            self.port = port
            self.socketPath = socketPath
            self.maxBodyBytes = maxBodyBytes
            self.trustedProxies = trustedProxies
            self.tls = tls
            self.allowedOrigins = allowedOrigins
            self.requiresProofNonce = requiresProofNonce
        }
    }
}
