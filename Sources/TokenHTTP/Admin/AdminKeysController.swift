import Hummingbird
import StrictCoding
import TokenCore
import TokenSigning

/// `/admin/v1/keys`: the signing keys.
struct AdminKeysController: Sendable {
    let keys: SigningKeyService
    let ring: KeyRing

    func addRoutes(to routes: inout RouteTable, gate: AdminGate) {
        routes.on(.get, "/admin/v1/keys", gate.guarding(list))
        routes.on(.post, "/admin/v1/keys/rotate", gate.guarding(rotate))
        routes.on(.delete, "/admin/v1/keys/*", gate.guarding(revoke))
        routes.on(.post, "/admin/v1/keys/*/revoke", gate.guarding(revoke))
    }

    func list(_ exchange: Exchange) async throws -> Response {
        let keys = try await keys.keys()
        return .json { json in
            json.member("keys", array: { json in for key in keys { json.object { $0.signingKey(key) } } })
        }
    }

    /// Makes the published next key the current one; tells the key that signs from now on.
    func rotate(_ exchange: Exchange) async throws -> Response {
        try await keys.rotate(.command)
        try await follow()
        guard let current = try await keys.keys().first(where: { $0.state == .current }) else {
            throw KeyFailure.noCurrentKey
        }
        return .json { $0.signingKey(current) }
    }

    func revoke(_ exchange: Exchange) async throws -> Response {
        guard try await keys.revoke(exchange.name()) == .revoked else {
            throw Problem(.notFound, "There is no signing key with this id.")
        }
        try await follow()
        return .noContent
    }

    /// This process need not wait for its next look at the ring.
    private func follow() async throws { _ = try await ring.reload() }
}
