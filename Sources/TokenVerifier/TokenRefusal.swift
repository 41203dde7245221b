/// Why a token was not believed. For logs; a caller is told `invalid_token` and no more.
public enum TokenRefusal: Error, Sendable, Equatable {
    /// Over the size limit, not three parts, not strict base64url, or not strict JSON.
    case malformed
    /// `typ` is not `at+jwt`.
    case wrongType
    /// The algorithm is not allowed, or is not the one of the key that `kid` names.
    case wrongAlgorithm
    /// A `crit` header: an extension that is not understood must not be ignored (RFC 7515 §4.1.11).
    case criticalExtension
    /// No published key has this `kid`.
    case unknownKey
    case badSignature
    /// A required claim is missing or has the wrong type.
    case badClaims
    case wrongIssuer
    case wrongAudience
    case expired
    /// The revocation feed has named its session or its subject.
    case revoked
    /// The service's keys could not be fetched yet: nothing is known of the token.
    case keysUnavailable
}
