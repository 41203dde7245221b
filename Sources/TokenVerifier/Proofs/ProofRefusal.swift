/// Why a proof of possession was refused (RFC 9449 §4.3). For logs and metrics; a caller gets `invalid_dpop_proof` or,
/// for ``nonceNeeded``, `use_dpop_nonce`.
public enum ProofRefusal: String, Error, Sendable {
    /// The request has no `DPoP` header field.
    case missing
    /// The request has more than one `DPoP` header field.
    case repeated
    /// The proof exceeds the size limit, has not three parts, or is not strict base64url and strict JSON.
    case malformed
    /// `typ` is not `dpop+jwt`.
    case wrongType
    /// `alg` is not allowed, or does not fit the key.
    case wrongAlgorithm
    /// The header has `crit`. An extension that is not understood must not be ignored (RFC 7515 §4.1.11).
    case criticalExtension
    /// `jwk` is missing, private, symmetric, of another type, weak, or not valid.
    case badKey
    /// The signature does not match the proof and its key.
    case badSignature
    /// A required claim is missing or has the wrong type or length.
    case badClaims
    /// `htm` is another method.
    case wrongMethod
    /// `htu` is another URI.
    case wrongURI
    /// `nonce` is missing, made up or too old.
    case nonceNeeded
    /// `iat` is too old, or too far ahead.
    case wrongTime
    /// `ath` is not the hash of the access token.
    case wrongToken
    /// The key is not the one that the access token is bound to.
    case wrongKey
    /// A proof with this key and this `jti` was used before.
    case replayed
}
