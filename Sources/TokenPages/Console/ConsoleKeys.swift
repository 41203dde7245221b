import HTTPTypes
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
        try await site.show(exchange) { visit in
            try await page(for: visit, notice: ConsoleNotice.sentence(of: exchange, in: visit.console))
        }
    }

    private func rotate(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { visit, form in
            if case .tooEarly(let seconds) = try await keys.rotate(form["force"] == nil ? .command : .force) {
                return try await page(
                    for: visit, status: .conflict,
                    error: ConsoleError(visit.console.rotatedTooEarly(seconds: seconds)))
            }
            _ = try await ring.reload()
            return .seeOther(ConsoleNotice.keyRotated.at("/console/keys"))
        }
    }

    private func revoke(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { visit, form in
            guard let id = form["kid"], try await keys.revoke(SigningKeyID(id)) == .revoked else {
                return try await page(for: visit, status: .notFound, error: ConsoleError(visit.console.noKey))
            }
            _ = try await ring.reload()
            return .seeOther(ConsoleNotice.keyRevoked.at("/console/keys"))
        }
    }

    private func page(
        for visit: ConsoleVisit, status: HTTPResponse.Status = .ok, notice: String? = nil, error: ConsoleError? = nil
    ) async throws -> Response {
        let now = clock()
        let rows = try await keys.keys().map { key in
            Key(
                id: key.id.value, algorithm: key.algorithm.rawValue,
                state: ConsoleKeys.words(for: key.state, in: visit.console),
                created: RelativeTime(key.createdAt, now: now, in: visit.text),
                expires: key.expiresAt.map { RelativeTime($0, now: now, in: visit.text) })
        }
        return visit.page(
            .consoleKeys, status: status, title: visit.console.signingKeys, notice: notice, error: error,
            Content(
                keys: rows, jwks: String(decoding: ring.snapshot.jwks, as: UTF8.self),
                address: issuer.jwksURI))
    }

    private static func words(for state: SigningKeyRecord.State, in console: any ConsoleTexts) -> String {
        switch state {
        case .next: console.keyNext
        case .current: console.keyCurrent
        case .retired: console.keyRetired
        }
    }
}
