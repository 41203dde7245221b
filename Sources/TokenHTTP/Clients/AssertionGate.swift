import StrictCoding
import Synchronization
package import TokenCore
import TokenVerifier

/// Reads the assertions by which clients prove who they are with a key instead of a secret (`private_key_jwt`; RFC 7521 §4.2,
/// RFC 7523 §3). Whether one was used before is the store's to say.
package struct AssertionGate: Sendable {
    /// What `client_assertion_type` must be.
    static let type = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"
    /// How far ahead `exp` may lie, in seconds: so long its `jti` is remembered. Common client libraries take an hour.
    package static let longestLifetime = 3600
    /// How far clocks may be apart, in seconds.
    package static let leeway = 60
    /// A token of another kind has another `typ`; the second one is that of the draft that follows RFC 7523.
    private static let jws = StrictJWS(
        types: [nil, "jwt", "client-authentication+jwt"], algorithms: Set(ClientKeys.algorithms), mayLackKeyID: true)

    private let issuer: String
    private let base: String
    private let parsed = ParsedKeys()

    package init(issuer: String) {
        self.issuer = issuer
        base = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
    }

    /// An assertion that is right, as far as it can be told without having seen the others.
    package struct Assertion: Sendable {
        package let id: AssertionID
        /// When it need not be remembered any more.
        package let forgottenAt: Timestamp
    }

    /// The client that an assertion names, whoever made it.
    static func claimedClient(of assertion: String) -> ClientID? {
        StrictJWS.unverifiedClaims(of: assertion)?["sub"]?.string.map { ClientID($0) }
    }

    /// - Parameter endpoint: the path that it was sent to.
    /// - Throws: ``AssertionRefusal``, or ``TokenVerifier/TokenRefusal`` for one that no key of the client's has signed.
    package func read(
        _ text: String, of client: ClientRecord, at endpoint: String, now: Timestamp
    ) async throws -> Assertion {
        guard let jwks = client.jwks else { throw TokenRefusal.unknownKey }
        let claims = try AssertionGate.jws.claims(of: text, keys: try await parsed.keys(of: client.id, jwks: jwks))
        guard claims["iss"]?.string == client.id.value, claims["sub"]?.string == client.id.value else {
            throw AssertionRefusal.otherClient
        }
        guard let audience = claims["aud"]?.strings ?? claims["aud"]?.string.map({ [$0] }),
            audience.contains(where: { [issuer, base + "/oauth/token", base + endpoint].contains($0) })
        else { throw AssertionRefusal.wrongAudience }
        guard let id = claims["jti"]?.string, !id.isEmpty, id.utf8.count <= 512 else { throw AssertionRefusal.noID }
        return Assertion(
            id: AssertionID(of: client.id, named: id),
            // Later than any node accepts it: another one's clock may be fast.
            forgottenAt: Timestamp(seconds: try expiry(claims, now: now.seconds) + 2 * AssertionGate.leeway))
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

    /// A NumericDate in whole seconds (RFC 7519 §2 allows fractions); nil when it is absent.
    private func time(_ name: String, _ claims: JSON) throws(AssertionRefusal) -> Int? {
        switch claims[name] {
        case nil: return nil
        case .integer(let seconds) where (0..<(1 << 52)).contains(seconds): return seconds
        case .number(let seconds) where (0..<0x1p52).contains(seconds): return Int(seconds)
        default: throw .badTime
        }
    }
}

/// What is wrong with an assertion that a key of the client's has signed. Its client may be told.
package enum AssertionRefusal: Error, CaseIterable {
    case otherClient
    case wrongAudience
    case noID
    case badTime
    case expired
    case livesTooLong
    case notYet
    case replayed

    var sentence: String {
        switch self {
        case .otherClient: "iss and sub must both be the client_id"
        case .wrongAudience: "aud must be the issuer or the token endpoint"
        case .noID: "jti is missing, empty or too long"
        case .badTime: "exp is missing, or exp, iat or nbf is no NumericDate"
        case .expired: "exp has passed"
        case .livesTooLong: "exp lies more than \(AssertionGate.longestLifetime) s ahead"
        case .notYet: "iat or nbf lies ahead"
        case .replayed: "this jti was used before"
        }
    }
}

/// Clients' keys, read once.
private final class ParsedKeys: Sendable {
    private static let limit = 1024
    private let known = Mutex<[ClientID: (jwks: String, keys: VerificationKeys)]>([:])

    func keys(of client: ClientID, jwks: String) async throws -> VerificationKeys {
        if let known = known.withLock({ $0[client] }), known.jwks == jwks { return known.keys }
        let keys = try await VerificationKeys(jwks: Array(jwks.utf8))
        known.withLock { known in
            if known.count >= ParsedKeys.limit { known.removeAll() }
            known[client] = (jwks, keys)
        }
        return keys
    }
}
