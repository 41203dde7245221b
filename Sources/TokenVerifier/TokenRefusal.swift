/// Why a token was refused. For logs; a caller gets `invalid_token` (RFC 6750 §3.1) without the reason,
/// and for ``badProof(_:)`` the error of RFC 9449 §7.1.
public enum TokenRefusal: Error, Sendable, Equatable {
    /// The token exceeds the size limit, has not three parts, or is not strict base64url and strict JSON.
    case malformed
    /// `typ` is not the expected type, for example `at+jwt`.
    case wrongType
    /// `alg` is not allowed, or is not the algorithm of the key that `kid` names.
    case wrongAlgorithm
    /// The header has `crit`. An extension that is not understood must not be ignored (RFC 7515 §4.1.11).
    case criticalExtension
    /// No published key has this `kid`.
    case unknownKey
    /// The signature does not match the token and the key.
    case badSignature
    /// A required claim is missing or has the wrong type.
    case badClaims
    /// `iss` is another issuer.
    case wrongIssuer
    /// `aud` contains none of the names of this API.
    case wrongAudience
    /// The token has expired.
    case expired
    /// The claims of the subject have changed since the token was issued. Like ``expired``: the session lives on, and a
    /// refresh gets a token with the new claims.
    case outdated
    /// The revocation feed has revoked the session or the subject of the token.
    case revoked
    /// The token is bound to a key, and was shown without a proof of possession.
    case proofRequired
    /// The token was shown with a proof of possession, but is bound to no key.
    case notBound
    /// The proof of possession was refused.
    case badProof(ProofRefusal)
    /// The keys have not been fetched yet, so the token could not be judged.
    case keysUnavailable
}
