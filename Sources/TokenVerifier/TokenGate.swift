import StrictCoding

/// What an access token must be to be believed (RFC 9068; RFC 8725): strictly written, of the right type, signed with a known
/// key by that key's algorithm, from this issuer, for this audience, and not expired.
public struct TokenGate: Sendable {
    /// Longest accepted token, in bytes.
    public static let maximumLength = StrictJWS.maximumLength
    private static let jws = StrictJWS(types: ["at+jwt"], algorithms: ["ES256", "EdDSA", "RS256", "ML-DSA-65"])

    public let issuer: String
    public let audience: [String]
    /// How far clocks may be apart, in seconds.
    public let leeway: Int

    /// - Parameter audience: a token must be meant for one of these.
    public init(issuer: String, audience: [String], leeway: Int = 0) {
        self.issuer = issuer
        self.audience = audience
        self.leeway = leeway
    }

    /// Verifies a token at a moment in Unix seconds.
    ///
    /// - Throws: ``TokenRefusal``.
    public func verify(_ token: String, keys: VerificationKeys, at now: Int) throws(TokenRefusal) -> AccessToken {
        let verified = try authenticate(token, keys: keys)
        try checkTime(of: verified, at: now)
        return verified
    }

    /// Checks everything but the time: for a logout, which an expired token may still ask for.
    public func authenticate(_ token: String, keys: VerificationKeys) throws(TokenRefusal) -> AccessToken {
        guard let verified = AccessToken(claims: try TokenGate.jws.claims(of: token, keys: keys)) else {
            throw .badClaims
        }
        guard verified.issuer == issuer else { throw .wrongIssuer }
        guard verified.audience.contains(where: audience.contains) else { throw .wrongAudience }
        return verified
    }

    /// Checks the time of a token that was authenticated before. An `iat` that lies ahead only says that clocks differ.
    public func checkTime(of token: AccessToken, at now: Int) throws(TokenRefusal) {
        guard now < token.expiresAt + leeway else { throw .expired }
    }
}

extension AccessToken {
    /// Reads the claims that RFC 9068 §2.2 requires; nil when one is missing or has the wrong type.
    ///
    /// A token has a session or is a client's own, whose subject is its name and no person's.
    init?(claims: JSON) {
        func time(_ name: String) -> Int? {
            // Far enough for any real date, small enough to add to.
            guard let value = claims[name]?.integer, (0..<(1 << 52)).contains(value) else { return nil }
            return value
        }
        guard let issuer = claims["iss"]?.string, let subject = claims["sub"]?.string,
            let audience = claims["aud"]?.strings ?? claims["aud"]?.string.map({ [$0] }),
            let clientID = claims["client_id"]?.string, let issuedAt = time("iat"), let expiresAt = time("exp"),
            let id = claims["jti"]?.string, claims["sid"] == nil || claims["sid"]?.string != nil,
            (claims["sid"] == nil) == (subject == "client:" + clientID),
            claims["scope"] == nil || claims["scope"]?.string != nil,
            claims["auth_time"] == nil || time("auth_time") != nil,
            claims["amr"] == nil || claims["amr"]?.strings != nil
        else { return nil }
        self.init(
            issuer: issuer, subject: subject, audience: audience, clientID: clientID, issuedAt: issuedAt,
            expiresAt: expiresAt, id: id, sessionID: claims["sid"]?.string,
            scope: Set((claims["scope"]?.string ?? "").split(separator: " ").map(String.init)),
            authenticatedAt: time("auth_time"), authenticationMethods: claims["amr"]?.strings ?? [])
    }
}
