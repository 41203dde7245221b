import Synchronization
import TokenCore
import TokenVerifier

/// Keeps the parsed keys of clients, so that each JWK set is parsed once.
final class ParsedKeys: Sendable {
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
