extension AccessTokenVerifier {
    /// What a verifier accepts, and how it reaches the token service.
    public struct Options: Sendable {
        /// The issuer. It must equal the `iss` of a token byte for byte.
        public var issuer: String
        /// The names of this API. The `aud` of a token must contain one of them.
        public var audience: [String]
        /// The base URL of the token service as seen from this machine. By default the issuer.
        public var server: String
        /// Credentials for the revocation feed. With nil the verifier does not follow the feed, and a logout takes
        /// effect when the token expires.
        public var credentials: ClientCredentials?
        /// The tolerated difference between the clocks of the token service and of this machine, in seconds.
        public var leeway = 10
        /// The number of verified tokens that the verifier keeps in memory. Each takes about two kilobytes.
        public var cacheLimit = 8192
        /// How often the keys are fetched: the longest time that a revoked signing key remains accepted.
        public var keyRefreshInterval = Duration.seconds(300)
        /// The URL of this API as its callers see it: scheme, host, port, and the path before the paths of the
        /// requests. Proofs of possession name it. With nil the middleware accepts no token that is bound to a key.
        public var publicURL: String?
        /// Whether a token that is bound to a key is accepted without a proof, as if it were bound to none. Only for a
        /// roll-out in stages: a thief of such a token can use it.
        public var acceptsBoundTokensAsBearer = false
        /// The key of the nonces that proofs must have: 32 random bytes, the same on all nodes of this API. Without a
        /// key, proofs need no nonce.
        public var proofNonceKey: [UInt8]?
        /// The number of used proofs that the verifier remembers. Each takes about 32 bytes.
        public var proofLimit = 1 << 17

        /// Makes options with the default leeway, cache limit and refresh interval, without proofs of possession.
        ///
        /// - Parameter server: the base URL of the token service; nil if it is the issuer.
        public init(issuer: String, audience: [String], server: String? = nil, credentials: ClientCredentials? = nil) {
            self.issuer = issuer
            self.audience = audience
            self.server = server ?? issuer
            self.credentials = credentials
        }
    }
}
