import Synchronization
package import TokenCore
package import TokenSigning
import TokenVerifier

/// Reads the service's own access tokens: JWTs through the gate that resource servers use, reference tokens by their MAC.
package final class AccessTokenReader: Sendable {
    private struct Keys {
        let etag: String
        let keys: VerificationKeys
        /// Tokens that were believed by these keys: a key that is taken out takes them along.
        let believed = VerifiedTokenCache<AccessTokenClaims>()
    }

    private let ring: KeyRing
    private let gate: TokenGate
    private let references: ReferenceTokenKeys
    private let keys = Mutex<Keys?>(nil)

    package init(ring: KeyRing, references: ReferenceTokenKeys, issuer: String, audience: [String]) {
        self.ring = ring
        self.references = references
        gate = TokenGate(issuer: issuer, audience: audience)
    }

    /// The token, if its signature is right and, unless `evenExpired`, its time has not run out.
    ///
    /// - Throws: ``TokenVerifier/TokenRefusal``.
    func read(_ token: String, at now: Timestamp, evenExpired: Bool = false) async throws -> AccessTokenClaims {
        let grant = try await authenticate(token)
        guard evenExpired || now.seconds < grant.expiresAt else { throw TokenRefusal.expired }
        return grant
    }

    private func authenticate(_ token: String) async throws -> AccessTokenClaims {
        let keys = try await currentKeys()
        if let known = keys.believed[token] { return known }
        let grant: AccessTokenClaims
        if token.hasPrefix(ReferenceToken.prefix) {
            guard let reference = references.open(token) else { throw TokenRefusal.malformed }
            grant = AccessTokenClaims(reference)
        } else {
            grant = try AccessTokenClaims(gate.authenticate(token, keys: keys.keys))
        }
        keys.believed.insert(grant, for: token)
        return grant
    }

    /// The ring's keys; tokens remembered under an older set are forgotten.
    private func currentKeys() async throws -> Keys {
        let snapshot = ring.snapshot
        if let known = keys.withLock({ $0 }), known.etag == snapshot.etag { return known }
        let fresh = Keys(etag: snapshot.etag, keys: try await VerificationKeys(jwks: snapshot.jwks))
        keys.withLock { $0 = fresh }
        return fresh
    }
}
