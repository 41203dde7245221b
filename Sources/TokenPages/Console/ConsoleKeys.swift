import Hummingbird
import TokenCore
import TokenHTTP
import TokenSigning

/// `/console/keys`: the signing keys.
struct ConsoleKeys: Controller {
    let site: ConsoleSite
    let keys: SigningKeyService
    let ring: KeyRing
    let issuer: Issuer
    let clock: Clock

    private struct Content {
        let keys: [Key]
        /// The public keys as verifiers fetch them, and where.
        let jwks: String
        let address: String
    }

    private struct Key {
        let id: String
        let algorithm: String
        let state: String
        let created: RelativeTime
        let expires: RelativeTime?
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/console/keys", show)
        routes.on(.post, "/console/keys/rotate", rotate)
        routes.on(.post, "/console/keys/revoke", revoke)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        try await site.show(exchange) { session in
            try await page(for: session, notice: ConsoleNotice.sentence(of: exchange))
        }
    }

    private func rotate(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { session, form in
            if case .tooEarly(let seconds) = try await keys.rotate(form["force"] == nil ? .command : .force) {
                return try await page(
                    for: session, status: .conflict,
                    error: "The next key was published a short time ago, and verifiers may not have fetched it yet. "
                        + "Wait \(seconds) seconds, or rotate in spite of it.")
            }
            _ = try await ring.reload()
            return .seeOther(ConsoleNotice.keyRotated.at("/console/keys"))
        }
    }

    private func revoke(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { session, form in
            guard let id = form["kid"], try await keys.revoke(SigningKeyID(id)) == .revoked else {
                return try await page(for: session, status: .notFound, error: "There is no signing key with this id.")
            }
            _ = try await ring.reload()
            return .seeOther(ConsoleNotice.keyRevoked.at("/console/keys"))
        }
    }

    private func page(
        for session: ConsoleSession, status: HTTPResponse.Status = .ok, notice: String? = nil, error: String? = nil
    ) async throws -> Response {
        let now = clock()
        let rows = try await keys.keys().map { key in
            Key(
                id: key.id.value, algorithm: key.algorithm.rawValue, state: key.state.rawValue,
                created: RelativeTime(key.createdAt, now: now, in: PageLanguages.english),
                expires: key.expiresAt.map { RelativeTime($0, now: now, in: PageLanguages.english) })
        }
        return site.page(
            .consoleKeys, status: status, title: "Signing keys", for: session, notice: notice, error: error,
            Content(
                keys: rows, jwks: String(decoding: ring.snapshot.jwks, as: UTF8.self),
                address: issuer.jwksURI))
    }
}
