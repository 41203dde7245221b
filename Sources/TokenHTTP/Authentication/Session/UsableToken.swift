import TokenCore
import TokenVerifier

/// An access token that its presenter may use: it is valid, and if it is bound to a key, the request proves that key
/// (RFC 9449 §7). What acts with an access token takes this type, which cannot be made of a bound token without a
/// proof.
struct UsableToken: Sendable {
    let claims: AccessTokenClaims
    /// The proof, which still has to be used up; nil for a token that is not bound.
    let proof: AcceptedProof?

    /// The token of an `Authorization` header.
    ///
    /// - Parameters:
    ///   - reading: of the presented token.
    ///   - check: checks the proof of the request for a bound token.
    /// - Throws: ``AuthenticationFailure``.
    init(
        _ presented: AccessCredential, _ reading: AccessTokenReading,
        check: (ProofRequest.BoundToken) throws(AuthenticationFailure) -> AcceptedProof
    ) throws(AuthenticationFailure) {
        let claims: AccessTokenClaims
        switch reading {
        case .valid(let valid): claims = valid
        case .expired(let expired): throw .expiredAccessToken(expired.key == nil ? .bearer : .dpop)
        case .invalid: throw .invalidAccessToken(presented.scheme)
        }
        switch (presented.scheme, claims.key) {
        case (.bearer, nil): proof = nil
        case (.bearer, _?): throw .boundTokenAsBearer
        case (.dpop, nil): throw .invalidAccessToken(.dpop)
        case (.dpop, let key?): proof = try check(ProofRequest.BoundToken(presented.token, boundTo: key))
        }
        self.claims = claims
    }

    /// The token of an access cookie; nil for one that is not valid. A bound token is never in a cookie, because a
    /// navigation cannot sign: a client that puts it there wants to use it without a proof.
    init?(cookie reading: AccessTokenReading) {
        guard let valid = reading.valid, valid.key == nil else { return nil }
        claims = valid
        proof = nil
    }
}
