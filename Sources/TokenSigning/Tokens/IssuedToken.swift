package import TokenCore

/// An access token that was just made.
package struct IssuedToken: Sendable {
    package let token: String
    package let expiresInSeconds: Int
    package let scope: Scope
    package let binding: TokenBinding

    /// `token_type` (RFC 6750 §4, RFC 9449 §5).
    package var type: String { binding.key == nil ? "Bearer" : "DPoP" }
}

extension IssuedToken: CustomStringConvertible {
    package var description: String { "IssuedToken(redacted)" }
}
