import StrictCoding
import TokenCore
package import TokenVerifier

/// Judges logout tokens (OpenID Connect Back-Channel Logout 1.0 §2.6).
package struct LogoutTokenGate: Sendable {
    /// How long ago a token may have been issued, in seconds.
    package static let longestAge = 600
    private static let event = "http://schemas.openid.net/event/backchannel-logout"

    private let provider: Provider
    private let jws: StrictJWS

    package init(_ provider: Provider) {
        self.provider = provider
        jws = StrictJWS(
            types: [nil, "jwt", "logout+jwt"], algorithms: provider.algorithms(published: nil), mayLackKeyID: true)
    }

    /// Checks the issuer that a token names, before any key is looked for.
    package func checkIssuer(of token: String) throws(FederationRefusal) {
        guard let issuer = ProviderToken.claimedIssuer(of: token, jws: jws) else { throw .tokenMalformed }
        guard provider.isIssuer(issuer) else { throw .tokenIssuerWrong }
    }

    /// Verifies a token at a time in Unix seconds. Whether it was used before is for the store to decide.
    ///
    /// - Throws: the first check that fails.
    package func verify(
        _ token: String, keys: VerificationKeys, at now: Int
    ) throws(FederationRefusal) -> LogoutToken {
        let verified = try ProviderToken(token, jws: jws, keys: keys)
        let claims = verified.claims
        guard claims["iss"]?.string.map(provider.isIssuer) == true else { throw .tokenIssuerWrong }
        try verified.checkAudience(of: provider)
        // `exp` came with the errata; some providers send none.
        let issuedAt = try verified.checkTimes(at: now, longestAge: LogoutTokenGate.longestAge, mustExpire: false)
        let id = try verified.id()
        guard case .object? = claims["events"]?[LogoutTokenGate.event] else { throw .tokenEventsWrong }
        // An ID token has one, so that neither can be taken for the other.
        guard claims["nonce"] == nil else { throw .tokenNonceWrong }
        return LogoutToken(sessions: try sessions(of: verified), issuedAt: issuedAt, id: id)
    }

    private func sessions(of token: ProviderToken) throws(FederationRefusal) -> UpstreamSessions {
        var identity: IdentityID?
        switch token.claims["sub"] {
        case nil, .null: break
        case .string(let subject) where ProviderToken.isSubject(subject):
            identity = Identity(issuer: provider.issuer, providerSubject: subject)?.id
        default: throw .tokenSubjectWrong
        }
        if let sid = try token.sessionID() {
            return .ofUpstream(UpstreamSessionID(issuer: provider.issuer, sid: sid), identity: identity)
        }
        guard let identity else { throw .tokenSubjectWrong }
        return .ofIdentity(identity)
    }
}
