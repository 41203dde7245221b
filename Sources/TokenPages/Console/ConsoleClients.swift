import HTTPTypes
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
        return try await site.show(exchange) { visit in
            try await list(
                for: visit, after: query["after"], notice: ConsoleNotice.sentence(of: exchange, in: visit.console))
        }
    }

    private func list(
        for visit: ConsoleVisit, after: String? = nil, status: HTTPResponse.Status = .ok, notice: String? = nil,
        error: ConsoleError? = nil
    ) async throws -> Response {
        let console = visit.console
        let limit = ConsoleClients.pageLength
        let found = try await clients.clients(after: after ?? "", limit: limit + 1)
        let shown = found.prefix(limit)
        let rows = shown.map { client in
            Row(
                id: client.id.value, link: ConsoleLink.client(client.id.value),
                kind: client.isConfidential ? console.confidential : console.publicKind,
                scope: client.allowedScope?.description ?? console.anyScope)
        }
        let next = found.count > limit ? shown.last?.id.value : nil
        return visit.page(
            .consoleClients, status: status, title: console.clients, notice: notice, error: error,
            ListContent(clients: rows, next: next.map { ConsoleLink.query([("after", $0)]) }))
    }

    private func add(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { visit, form in
            let registration = ClientService.Registration(
                name: form["client_id"] ?? "", isConfidential: form["confidential"] != nil)
            switch try await clients.add(registration) {
            case .added(let client, let secret):
                return page(client, for: visit, status: .created, secret: secret)
            case .nameTaken:
                return try await list(
                    for: visit, status: .conflict, error: ConsoleError(visit.console.clientNameTaken))
            case .invalidName:
                return try await list(
                    for: visit, status: .badRequest, error: ConsoleError(visit.console.invalidClientName))
            case .invalid(let mistake):
                return try await list(
                    for: visit, status: .badRequest,
                    error: ConsoleError(visit.console.nothingChanged, cause: "\(mistake)."))
            }
        }
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        try await site.show(exchange) { visit in
            page(
                try await client(of: exchange), for: visit,
                notice: ConsoleNotice.sentence(of: exchange, in: visit.console))
        }
    }

    private func set(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { visit, form in
            let client = try await client(of: exchange)
            let settings: ClientSettings
            do { settings = try form.clientSettings(of: client) } catch let problem as Problem {
                return page(
                    client, for: visit, status: problem.status,
                    error: ConsoleError(visit.console.nothingChanged, cause: problem.detail))
            }
            switch try await clients.set(client.id, to: settings) {
            case .set: return .seeOther(ConsoleNotice.clientSet.at(ConsoleLink.client(client.id.value)))
            case .notFound: throw ConsoleRefusal.noClient
            case .invalid(let mistake):
                return page(
                    client, for: visit, status: .badRequest,
                    error: ConsoleError(visit.console.nothingChanged, cause: "\(mistake)."))
            }
        }
    }

    private func rotateSecret(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { visit, _ in
            let client = try await client(of: exchange)
            guard let secret = try await clients.rotateSecret(of: client.id) else {
                throw ConsoleRefusal.noConfidentialClient
            }
            return page(try await self.client(of: exchange), for: visit, secret: secret)
        }
    }

    private func remove(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { _, _ in
            guard try await clients.remove(try await client(of: exchange).id) == .removed else {
                throw ConsoleRefusal.noClient
            }
            return .seeOther(ConsoleNotice.clientRemoved.at("/console/clients"))
        }
    }

    private func client(of exchange: Exchange) async throws -> ClientRecord {
        guard let client = try await sessions.client(ClientID(exchange.name())) else { throw ConsoleRefusal.noClient }
        return client
    }

    private func page(
        _ client: ClientRecord, for visit: ConsoleVisit, status: HTTPResponse.Status = .ok, notice: String? = nil,
        error: ConsoleError? = nil, secret: ClientSecret? = nil
    ) -> Response {
        visit.page(
            .consoleClient, status: status, title: client.id.value, notice: notice, error: error,
            ConsoleClientView(client, secret: secret, now: sessions.clock(), in: visit.text))
    }
}
