package import StrictCoding

/// The request that a proof of possession must be for.
package struct ProofRequest: Sendable {
    /// An access token that is bound to a key.
    package struct BoundToken: Sendable {
        /// The token as it was presented.
        package let text: String
        /// The key that it is bound to: its `cnf.jkt`.
        package let key: KeyThumbprint

        package init(_ text: String, boundTo key: KeyThumbprint) {
            self.text = text
            self.key = key
        }
    }

    /// The method of the request: `htm`.
    package let method: String
    /// The URI of the request: `htu`.
    package let uri: ProofURI
    /// The access token that the request is authorized by; nil for a request for tokens.
    package let token: BoundToken?

    package init(method: String, uri: ProofURI, token: BoundToken? = nil) {
        self.method = method
        self.uri = uri
        self.token = token
    }
}
