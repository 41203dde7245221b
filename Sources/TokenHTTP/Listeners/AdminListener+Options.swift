extension AdminListener {
    /// What the configuration says about the admin listener.
    package struct Options: Sendable {
        package var host: String
        package var port: Int
        package var maxBodyBytes: Int
        /// The issuer, below which the links for people are.
        package var issuer: String
        /// The version of this program.
        package var version: String

        /// - Parameter port: 0 for any free port.
        package init(host: String, port: Int, maxBodyBytes: Int, issuer: String, version: String) {
            self.host = host
            self.port = port
            self.maxBodyBytes = maxBodyBytes
            self.issuer = issuer
            self.version = version
        }
    }
}
