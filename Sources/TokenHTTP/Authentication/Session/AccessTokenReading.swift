/// What an access token is at a time. Says nothing about its session, which may have ended.
enum AccessTokenReading: Sendable {
    case valid(AccessTokenClaims)
    /// Authentic, but expired.
    case expired(AccessTokenClaims)
    /// Not an access token of this service.
    case invalid

    /// The claims of a token that has not expired.
    var valid: AccessTokenClaims? {
        if case .valid(let claims) = self { claims } else { nil }
    }

    /// The claims of an authentic token, expired or not.
    var authentic: AccessTokenClaims? {
        switch self {
        case .valid(let claims), .expired(let claims): claims
        case .invalid: nil
        }
    }
}
