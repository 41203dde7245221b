import HTTPTypes
import StrictCoding
import TokenCore
import TokenSigning

/// `/admin/v1/keys`: the signing keys.
struct AdminKeysController: Controller {
    let keys: SigningKeyService
    let ring: KeyRing

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/admin/v1/keys", list)
        routes.on(.post, "/admin/v1/keys/rotate", rotate)
        routes.on(.delete, "/admin/v1/keys/*", revoke)
        routes.on(.post, "/admin/v1/keys/*/revoke", revoke)
    }

    private func list(_ exchange: Exchange) async throws -> Response {
        let (keys, next) = try exchange.page(of: try await keys.keys()) { $0.id.value }
        return .json { json in
            json.member("keys", each: keys) { $0.signingKey($1) }
            if let next { json.member("next", next) }
        }
    }

    /// Makes the published next key the current one, and returns it.
    private func rotate(_ exchange: Exchange) async throws -> Response {
        if case .tooEarly(let secondsLeft) = try await keys.rotate(
            exchange.query().boolean("force") ? .force : .command)
        {
            throw Problem(
                .conflict,
                "The next key was published a short time ago, and verifiers may not have fetched it yet. Wait "
                    + "\(secondsLeft) s, or add ?force=true.")
        }
        try await reload()
        guard let current = try await keys.keys().first(where: { $0.state == .current }) else {
            throw KeyFailure.noCurrentKey
        }
        return .json { $0.signingKey(current) }
    }

    private func revoke(_ exchange: Exchange) async throws -> Response {
        guard try await keys.revoke(SigningKeyID(exchange.name())) == .revoked else {
            throw Problem(.notFound, "There is no signing key with this id.")
        }
        try await reload()
        return .noContent
    }

    /// This process uses the new ring at once; other processes read it within a second.
    private func reload() async throws { _ = try await ring.reload() }
}
