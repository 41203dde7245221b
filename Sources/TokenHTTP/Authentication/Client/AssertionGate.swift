import StrictCoding
package import TokenCore
import TokenVerifier

/// Reads the assertions by which clients authenticate with a key instead of a secret (`private_key_jwt`; RFC 7521 §4.2,
/// RFC 7523 §3). Whether an assertion was used before is for the store to decide.
package struct AssertionGate: Sendable {
    /// What `client_assertion_type` must be.
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// How far ahead `exp` may be, in seconds. The `jti` is remembered until then. Common client libraries use an hour.
    package static let longestLifetime = 3600
    /// The largest difference between clocks that is accepted, in seconds.
    package static let leeway = 60
    /// Tokens of other kinds have another `typ`. The last value is that of draft-ietf-oauth-rfc7523bis.
    private static let jws = StrictJWS(
        types: [nil, "jwt", "client-authentication+jwt"], algorithms: Set(ClientKeys.algorithms), mayLackKeyID: true)

    private let issuer: Issuer
    private let parsed = ParsedKeys()

    /// - Parameter issuer: the service's issuer identifier.
    package init(issuer: String) { self.issuer = Issuer(issuer) }

    /// The client that an assertion names, without a check of the signature.
    static func claimedClient(of assertion: String) -> ClientID? {
        jws.unverifiedClaims(of: assertion)?["sub"]?.string.flatMap { ClientID(named: $0) }
    }

    /// Checks an assertion, which is valid if it was not used before.
    ///
    /// - Parameter endpoint: the path that it was sent to.
    /// - Throws: ``AssertionRefusal``; ``TokenVerifier/TokenRefusal`` when no key of the client signed it.
    package func read(
        _ text: String, of client: ClientRecord, at endpoint: String, now: Timestamp
    ) async throws -> UsedOnce {
        guard let jwks = client.jwks else { throw TokenRefusal.unknownKey }
        let claims = try AssertionGate.jws.claims(of: text, keys: try await parsed.keys(of: client.id, jwks: jwks))
        guard claims["iss"]?.string == client.id.value, claims["sub"]?.string == client.id.value else {
            throw AssertionRefusal.otherClient
        }
        let accepted = [issuer.identifier, issuer.url("/oauth/token"), issuer.url(endpoint)]
        guard let audience = claims["aud"]?.strings ?? claims["aud"]?.string.map({ [$0] }),
            audience.contains(where: accepted.contains)
        else { throw AssertionRefusal.wrongAudience }
        guard let id = claims["jti"]?.string, !id.isEmpty, id.utf8.count <= 512 else { throw AssertionRefusal.noID }
        // The clock of another node may be behind by the leeway.
        return .assertion(
            of: client.id, named: id, expiring: try expiry(claims, now: now.seconds),
            forgottenAfter: 2 * AssertionGate.leeway)
    }

    private func expiry(_ claims: JSON, now: Int) throws(AssertionRefusal) -> Int {
        guard let expiry = try time("exp", claims) else { throw .badTime }
        guard now < expiry + AssertionGate.leeway else { throw .expired }
        guard expiry <= now + AssertionGate.longestLifetime + AssertionGate.leeway else { throw .livesTooLong }
        for name in ["iat", "nbf"] {
            guard let start = try time(name, claims) else { continue }
            guard start <= now + AssertionGate.leeway else { throw .notYet }
        }
        return expiry
    }

    private func time(_ name: String, _ claims: JSON) throws(AssertionRefusal) -> Int? {
        guard let claim = claims[name] else { return nil }
        guard let time = claim.numericDate else { throw .badTime }
        return time
    }
}
