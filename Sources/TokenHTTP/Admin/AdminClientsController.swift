import Hummingbird
import StrictCoding
import TokenCore

/// `/admin/v1/clients`: the applications that hold tokens.
struct AdminClientsController: Sendable {
    let clients: ClientService
    let sessions: SessionService

    func addRoutes(to routes: inout RouteTable, gate: AdminGate) {
        routes.on(.get, "/admin/v1/clients", gate.guarding(list))
        routes.on(.post, "/admin/v1/clients", gate.guarding(add))
        routes.on(.get, "/admin/v1/clients/*", gate.guarding(show))
        routes.on(.delete, "/admin/v1/clients/*", gate.guarding(remove))
        routes.on(.post, "/admin/v1/clients/*/rotate-secret", gate.guarding(rotateSecret))
        routes.on(.put, "/admin/v1/clients/*/jwks", gate.guarding(setKeys))
    }

    func list(_ exchange: Exchange) async throws -> Response {
        let clients = try await sessions.store.clients()
        return .json { json in
            json.member("clients", array: { json in for client in clients { json.object { $0.client(client) } } })
        }
    }

    func show(_ exchange: Exchange) async throws -> Response {
        guard let client = try await sessions.client(ClientID(exchange.name())) else { throw notFound }
        return .json { $0.client(client) }
    }

    /// A confidential client's secret is told here and never again.
    func add(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        guard let name = try body.string("client_id") ?? body.string("name") else {
            throw Problem(.invalidRequest, "\"client_id\" is missing.")
        }
        let scope = try body.scopeOrList()
        let application = ClientService.Application(
            name: name, isConfidential: try body.boolean("confidential") ?? false,
            jwks: try await keys(body.members["jwks"])?.jwks, accessTokenFormat: try body.accessTokenFormat(),
            allowedScope: scope.isEmpty ? nil : scope)
        switch try await clients.add(application) {
        case .added(let client, let secret):
            return .json(.created) { json in
                json.client(client)
                if let secret { json.member("client_secret", secret.plaintext) }
            }
        case .nameTaken: throw Problem(.conflict, "There is a client of this name already.")
        case .invalidName:
            throw Problem(
                .invalidRequest, "\"client_id\" has 1 to 64 letters, digits, dots, underscores and hyphens.")
        }
    }

    func remove(_ exchange: Exchange) async throws -> Response {
        guard try await clients.remove(ClientID(exchange.name())) == .removed else { throw notFound }
        return .noContent
    }

    /// The secret before this one stays valid.
    func rotateSecret(_ exchange: Exchange) async throws -> Response {
        let id = ClientID(try exchange.name())
        guard let secret = try await clients.rotateSecret(of: id) else {
            throw Problem(.notFound, "There is no confidential client of this name.")
        }
        return .json { json in
            json.member("client_id", id.value)
            json.member("client_secret", secret.plaintext)
        }
    }

    /// The keys before these are gone at once.
    func setKeys(_ exchange: Exchange) async throws -> Response {
        let id = ClientID(try exchange.name())
        let body = try await exchange.json()
        guard let keys = try await keys(body.members["jwks"] ?? .object(body.members)) else { throw notFound }
        guard try await clients.setKeys(of: id, to: keys.jwks) == .set else {
            throw Problem(.notFound, "There is no confidential client of this name.")
        }
        return .noContent
    }

    private func keys(_ json: JSON?) async throws -> ClientKeys? {
        guard let json else { return nil }
        do { return try await ClientKeys(json) } catch let mistake as ClientKeys.Mistake {
            throw Problem(.invalidRequest, "\"jwks\": \(mistake).")
        }
    }

    private var notFound: Problem { Problem(.notFound, "There is no such client.") }
}

extension JSONMembers {
    /// `"read write"`, or `["read","write"]`.
    fileprivate func scopeOrList() throws -> Scope {
        guard let list = members["scope"]?.strings else { return try scope() }
        guard let scope = Scope(list.joined(separator: " ")) else {
            throw Problem(.invalidRequest, "\"scope\" holds what is no scope token (RFC 6749 §3.3).")
        }
        return scope
    }

    fileprivate func accessTokenFormat() throws -> ClientRecord.AccessTokenFormat {
        guard let name = try string("access_token_format") else { return .jwt }
        guard let format = ClientRecord.AccessTokenFormat(rawValue: name) else {
            throw Problem(.invalidRequest, "\"access_token_format\" is \"jwt\" or \"opaque\".")
        }
        return format
    }
}
