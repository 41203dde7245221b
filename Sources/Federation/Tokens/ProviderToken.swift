import StrictCoding
import TokenVerifier

/// A token whose signature by a provider's key is valid. The claims are not checked yet.
struct ProviderToken {
    /// The accepted difference between clocks, in seconds. Providers whose clock is seconds ahead are common.
    static let leeway = 60

    let claims: JSON
    /// `alg` of the header.
    let algorithm: String

    /// - Throws: why the form or the signature is refused.
    init(_ token: String, jws: StrictJWS, keys: VerificationKeys) throws(FederationRefusal) {
        do throws(TokenRefusal) {
            (algorithm, claims) = try jws.verify(token, keys: keys)
        } catch {
            throw FederationRefusal(error)
        }
    }

    /// The claim `iss` of a token whose signature nobody has checked: a token of another issuer costs no look-up of
    /// keys.
    static func claimedIssuer(of token: String, jws: StrictJWS) -> String? {
        jws.unverifiedClaims(of: token)?["iss"]?.string
    }

    /// A time in Unix seconds; nil if the claim is absent.
    ///
    /// - Throws: ``FederationRefusal/tokenTimeWrong`` for a claim that is no time.
    func time(_ name: String) throws(FederationRefusal) -> Int? {
        guard let claim = claims[name] else { return nil }
        guard let time = claim.numericDate else { throw .tokenTimeWrong }
        return time
    }

    /// Checks `iat`, which is required, and `exp` and `nbf`.
    ///
    /// - Parameters:
    ///   - longestAge: how long ago the token may have been issued, in seconds; nil for any time.
    ///   - mustExpire: whether `exp` is required.
    /// - Returns: `iat`.
    func checkTimes(at now: Int, longestAge: Int?, mustExpire: Bool) throws(FederationRefusal) -> Int {
        guard let issuedAt = try time("iat"), issuedAt <= now + ProviderToken.leeway else { throw .tokenTimeWrong }
        let expiry = try time("exp")
        guard expiry != nil || !mustExpire else { throw .tokenTimeWrong }
        if let expiry, expiry <= now - ProviderToken.leeway { throw .tokenExpired }
        if let start = try time("nbf"), start > now + ProviderToken.leeway { throw .tokenTimeWrong }
        if let longestAge, issuedAt < now - longestAge { throw .tokenExpired }
        return issuedAt
    }

    /// The values of `aud`.
    ///
    /// - Throws: ``FederationRefusal/tokenAudienceWrong`` if there are none, or if it is neither a string nor an array
    ///   of strings.
    func audience() throws(FederationRefusal) -> [String] {
        guard let audience = claims["aud"]?.strings ?? claims["aud"]?.string.map({ [$0] }), !audience.isEmpty else {
            throw .tokenAudienceWrong
        }
        return audience
    }

    /// Checks that the token is for this service: for its client at the provider, or for another client that the
    /// configuration names.
    ///
    /// - Throws: ``FederationRefusal/tokenAudienceWrong``
    func checkAudience(of provider: Provider) throws(FederationRefusal) {
        let clients = [provider.clientID] + provider.audiences
        guard try audience().contains(where: { name in clients.contains { $0.isExactly(name) } }) else {
            throw .tokenAudienceWrong
        }
    }

    /// The claim `sid`; nil if it is absent or `null`.
    func sessionID() throws(FederationRefusal) -> String? {
        switch claims["sid"] {
        case nil, .null: return nil
        case .string(let sid) where (1...512).contains(sid.utf8.count): return sid
        default: throw .tokenSessionWrong
        }
    }

    /// The claim `jti`, which is required.
    func id() throws(FederationRefusal) -> String {
        guard let id = claims["jti"]?.string, (1...512).contains(id.utf8.count) else { throw .tokenIDWrong }
        return id
    }

    /// Whether a text is a subject: 1 to 255 printable ASCII characters (OpenID Connect Core §2).
    static func isSubject(_ text: String) -> Bool {
        (1...255).contains(text.utf8.count) && text.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
    }
}
