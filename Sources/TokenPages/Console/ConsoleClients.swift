import HTTPTypes
import Hummingbird
import SessionEngine
import TokenCore
import TokenHTTP

/// `/console/clients`: the registered clients. A secret is on the page that follows its making, and on no other.
struct ConsoleClients: Controller {
    let site: ConsoleSite
    let clients: ClientService
    let sessions: SessionService

    private static let pageLength = 100

    private struct ListContent {
        let clients: [Row]
        /// The query of the next page; nil for the last one.
        let next: String?
    }

    private struct Row {
        let id: String
        let link: String
        let kind: String
        let scope: String
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/console/clients", list)
        routes.on(.post, "/console/clients", add)
        routes.on(.get, "/console/clients/*", show)
        routes.on(.post, "/console/clients/*", set)
        routes.on(.post, "/console/clients/*/rotate-secret", rotateSecret)
        routes.on(.post, "/console/clients/*/remove", remove)
    }

    private func list(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query()
        return try await site.show(exchange) { session in
            try await list(for: session, after: query["after"], notice: ConsoleNotice.sentence(of: exchange))
        }
    }

    private func list(
        for session: ConsoleSession, after: String? = nil, status: HTTPResponse.Status = .ok, notice: String? = nil,
        error: String? = nil
    ) async throws -> Response {
        let limit = ConsoleClients.pageLength
        let found = try await clients.clients(after: after ?? "", limit: limit + 1)
        let shown = found.prefix(limit)
        let rows = shown.map { client in
            Row(
                id: client.id.value, link: ConsoleLink.client(client.id.value),
                kind: client.isConfidential ? "confidential" : "public",
                scope: client.allowedScope?.description ?? "any")
        }
        let next = found.count > limit ? shown.last?.id.value : nil
        return site.page(
            .consoleClients, status: status, title: "Clients", for: session, notice: notice, error: error,
            ListContent(clients: rows, next: next.map { ConsoleLink.query([("after", $0)]) }))
    }

    private func add(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { session, form in
            let registration = ClientService.Registration(
                name: form["client_id"] ?? "", isConfidential: form["confidential"] != nil)
            switch try await clients.add(registration) {
            case .added(let client, let secret):
                return page(client, for: session, status: .created, secret: secret)
            case .nameTaken:
                return try await list(
                    for: session, status: .conflict, error: "A client of this name exists already.")
            case .invalidName:
                return try await list(
                    for: session, status: .badRequest,
                    error: "The name is not 1 to 64 letters, digits, dots, underscores and hyphens.")
            case .invalid(let mistake):
                return try await list(
                    for: session, status: .badRequest, error: "Nothing was changed: \(mistake).")
            }
        }
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        try await site.show(exchange) { session in
            page(try await client(of: exchange), for: session, notice: ConsoleNotice.sentence(of: exchange))
        }
    }

    private func set(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { session, form in
            let client = try await client(of: exchange)
            let settings: ClientSettings
            do { settings = try form.clientSettings(of: client) } catch let problem as Problem {
                return page(client, for: session, status: problem.status, error: problem.detail)
            }
            switch try await clients.set(client.id, to: settings) {
            case .set: return .seeOther(ConsoleNotice.clientSet.at(ConsoleLink.client(client.id.value)))
            case .notFound: throw noClient
            case .invalid(let mistake):
                return page(client, for: session, status: .badRequest, error: "Nothing was changed: \(mistake).")
            }
        }
    }

    private func rotateSecret(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { session, _ in
            let client = try await client(of: exchange)
            guard let secret = try await clients.rotateSecret(of: client.id) else {
                throw Problem(.notFound, "There is no confidential client of this name.")
            }
            return page(try await self.client(of: exchange), for: session, secret: secret)
        }
    }

    private func remove(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { _, _ in
            guard try await clients.remove(try await client(of: exchange).id) == .removed else { throw noClient }
            return .seeOther(ConsoleNotice.clientRemoved.at("/console/clients"))
        }
    }

    private func client(of exchange: Exchange) async throws -> ClientRecord {
        guard let client = try await sessions.client(ClientID(exchange.name())) else { throw noClient }
        return client
    }

    private func page(
        _ client: ClientRecord, for session: ConsoleSession, status: HTTPResponse.Status = .ok, notice: String? = nil,
        error: String? = nil, secret: ClientSecret? = nil
    ) -> Response {
        site.page(
            .consoleClient, status: status, title: client.id.value, for: session, notice: notice, error: error,
            ConsoleClientView(client, secret: secret, now: sessions.clock()))
    }

    private var noClient: Problem { Problem(.notFound, "There is no client of this name.") }
}
