package import StrictCoding
package import TokenCore

/// An ID token that passed every check.
package struct IDToken: Sendable {
    /// The person, with the issuer as it is configured.
    package let identity: Identity
    /// The provider's session; nil if it names none.
    package let sessionID: String?
    /// `iat`, in Unix seconds.
    package let issuedAt: Int
    /// `auth_time`, in Unix seconds; nil unless it was asked for.
    package let authenticatedAt: Int?
    package let claims: JSON
}
