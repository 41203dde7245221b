import StrictCoding

/// Checks access tokens (RFC 9068; RFC 8725): the form, the type, the signature by a known key with that key's
/// algorithm, the issuer, the audience and the expiry.
public struct TokenGate: Sendable {
    /// The longest accepted token, in bytes.
    public static let maximumLength = StrictJWS.maximumLength
    private static let jws = StrictJWS(types: ["at+jwt"], algorithms: ["ES256", "EdDSA", "RS256", "ML-DSA-65"])

    /// The issuer that `iss` must equal.
    public let issuer: String
    /// The names of which `aud` must contain one.
    public let audience: [String]
    /// The tolerated difference of clocks, in seconds.
    public let leeway: Int

    /// Makes a gate for one issuer and one API.
    ///
    /// - Parameters:
    ///   - issuer: the issuer that `iss` must equal.
    ///   - audience: the names of which `aud` must contain one.
    ///   - leeway: the tolerated difference of clocks, in seconds.
    public init(issuer: String, audience: [String], leeway: Int = 0) {
        self.issuer = issuer
        self.audience = audience
        self.leeway = leeway
    }

    /// Verifies a token at a time in Unix seconds.
    ///
    /// - Throws: why the token is refused.
    public func verify(_ token: String, keys: VerificationKeys, at now: Int) throws(TokenRefusal) -> AccessToken {
        let verified = try authenticate(token, keys: keys)
        try checkTime(of: verified, at: now)
        return verified
    }

    /// Verifies a token without checking its expiry. A logout may use an expired token.
    ///
    /// - Throws: why the token is refused.
    public func authenticate(_ token: String, keys: VerificationKeys) throws(TokenRefusal) -> AccessToken {
        guard let verified = AccessToken(claims: try TokenGate.jws.claims(of: token, keys: keys)) else {
            throw .badClaims
        }
        guard verified.issuer.isExactly(issuer) else { throw .wrongIssuer }
        let isMeant = verified.audience.contains { name in audience.contains { $0.isExactly(name) } }
        guard isMeant else { throw .wrongAudience }
        return verified
    }

    /// Checks the expiry of an authenticated token at a time in Unix seconds. An `iat` in the future is accepted, since
    /// it only shows that clocks differ.
    ///
    /// - Throws: ``TokenRefusal/expired``.
    public func checkTime(of token: AccessToken, at now: Int) throws(TokenRefusal) {
        guard now < token.expiresAt + leeway else { throw .expired }
    }
}
