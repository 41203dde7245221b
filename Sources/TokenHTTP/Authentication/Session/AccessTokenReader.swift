import Synchronization
package import TokenCore
package import TokenSigning
import TokenVerifier

/// Reads this service's access tokens: a JWT through the gate that resource servers use, a reference token by its MAC.
package final class AccessTokenReader: Sendable {
    private struct Keys {
        let etag: String
        let keys: VerificationKeys
        /// Tokens that were verified with these keys, and are forgotten together with them.
        let verified = VerifiedTokenCache<AccessTokenClaims>()
    }

    private let ring: KeyRing
    private let gate: TokenGate
    private let references: ReferenceTokenKeys
    private let keys = Mutex<Keys?>(nil)

    /// - Parameters:
    ///   - issuer: the issuer that a JWT must name.
    ///   - audience: a JWT must be for one of these.
    package init(ring: KeyRing, references: ReferenceTokenKeys, issuer: String, audience: [String]) {
        self.ring = ring
        self.references = references
        gate = TokenGate(issuer: issuer, audience: audience)
    }

    /// Reads a token, and checks its signature or MAC, issuer, audience and expiry.
    func read(_ token: String, at now: Timestamp) async throws -> AccessTokenReading {
        guard let claims = try await authenticate(token) else { return .invalid }
        return now.seconds < claims.expiresAt ? .valid(claims) : .expired(claims)
    }

    private func authenticate(_ token: String) async throws -> AccessTokenClaims? {
        // A token of another character is not ours, and would be slow to hash.
        guard token.isVisibleASCII else { return nil }
        let keys = try await currentKeys()
        if let known = keys.verified[token] { return known }
        let claims: AccessTokenClaims? =
            if token.hasPrefix(ReferenceToken.prefix) {
                references.open(token).map { AccessTokenClaims($0) }
            } else {
                (try? gate.authenticate(token, keys: keys.keys)).flatMap { AccessTokenClaims($0) }
            }
        if let claims { keys.verified.insert(claims, for: token) }
        return claims
    }

    /// The keys of the ring as it is now.
    private func currentKeys() async throws -> Keys {
        let snapshot = ring.snapshot
        if let known = keys.withLock({ $0 }), known.etag == snapshot.etag { return known }
        let fresh = Keys(etag: snapshot.etag, keys: try await VerificationKeys(jwks: snapshot.jwks))
        keys.withLock { $0 = fresh }
        return fresh
    }
}
