/// The kinds of endpoints that take proofs. Their errors differ.
package enum ProofEndpoint: Sendable, Equatable {
    /// Requests for tokens, and with a refresh token (RFC 9449 §5).
    case tokens
    /// Requests with an access token (RFC 9449 §7.1).
    case resources
}
