import Hummingbird
import SessionEngine
import StrictCoding
import TokenCore

/// `/admin/v1/clients`: the registered clients.
struct AdminClientsController: Controller {
    let clients: ClientService
    let sessions: SessionService

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/admin/v1/clients", list)
        routes.on(.post, "/admin/v1/clients", add)
        routes.on(.get, "/admin/v1/clients/*", show)
        routes.on(.delete, "/admin/v1/clients/*", remove)
        routes.on(.post, "/admin/v1/clients/*/rotate-secret", rotateSecret)
        routes.on(.put, "/admin/v1/clients/*/jwks", setKeys)
    }

    /// In the order of their names. `next` is the value of `after` for the next page.
    private func list(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(of: ["limit", "after"])
        let limit = try query.limit()
        let found = try await clients.clients(after: query["after"] ?? "", limit: limit + 1)
        let clients = found.prefix(limit)
        return .json { json in
            json.member("clients", each: clients) { $0.client($1) }
            if found.count > limit, let last = clients.last { json.member("next", last.id.value) }
        }
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        guard let client = try await sessions.client(ClientID(requested: exchange.name())) else { throw notFound }
        return .json { $0.client(client) }
    }

    /// Only this answer contains the secret of a confidential client.
    private func add(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        guard let name = try body.string("client_id") ?? body.string("name") else {
            throw Problem(.invalidRequest, "\"client_id\" is missing.")
        }
        let scope = try body.scopeOrList()
        let registration = ClientService.Registration(
            name: name, isConfidential: try body.boolean("confidential") ?? false,
            jwks: try await keys(body.members["jwks"])?.jwks, accessTokenFormat: try body.accessTokenFormat(),
            allowedScope: scope.isEmpty ? nil : scope)
        switch try await clients.add(registration) {
        case .added(let client, let secret):
            return .json(.created) { json in
                json.client(client)
                if let secret { json.member("client_secret", secret.plaintext) }
            }
        case .nameTaken: throw Problem(.conflict, "A client of this name exists already.")
        case .invalidName:
            throw Problem(
                .invalidRequest, "\"client_id\" is not 1 to 64 letters, digits, dots, underscores and hyphens.")
        }
    }

    private func remove(_ exchange: Exchange) async throws -> Response {
        guard try await clients.remove(ClientID(requested: exchange.name())) == .removed else { throw notFound }
        return .noContent
    }

    /// The previous secret stays valid.
    private func rotateSecret(_ exchange: Exchange) async throws -> Response {
        let id = ClientID(requested: try exchange.name())
        guard let secret = try await clients.rotateSecret(of: id) else { throw noConfidentialClient }
        return .json { json in
            json.member("client_id", id.value)
            json.member("client_secret", secret.plaintext)
        }
    }

    /// The previous keys are not valid any more.
    private func setKeys(_ exchange: Exchange) async throws -> Response {
        let id = ClientID(requested: try exchange.name())
        let body = try await exchange.json()
        guard let keys = try await keys(body.members["jwks"] ?? .object(body.members)) else { throw notFound }
        guard try await clients.setKeys(of: id, to: keys.jwks) == .set else { throw noConfidentialClient }
        return .noContent
    }

    private func keys(_ json: JSON?) async throws -> ClientKeys? {
        guard let json else { return nil }
        do { return try await ClientKeys(json) } catch let mistake as ClientKeys.Mistake {
            throw Problem(.invalidRequest, "\"jwks\": \(mistake).")
        }
    }

    private var notFound: Problem { Problem(.notFound, "There is no client of this name.") }
    private var noConfidentialClient: Problem {
        Problem(.notFound, "There is no confidential client of this name.")
    }
}

extension JSONMembers {
    /// The member `scope`: `"read write"`, or `["read", "write"]`.
    fileprivate func scopeOrList() throws -> Scope {
        guard let list = members["scope"]?.strings else { return try scope() }
        guard let scope = Scope(list.joined(separator: " ")) else {
            throw Problem(.invalidRequest, "\"scope\" has an entry that is not a scope token (RFC 6749 §3.3).")
        }
        return scope
    }

    fileprivate func accessTokenFormat() throws -> ClientRecord.AccessTokenFormat {
        guard let name = try string("access_token_format") else { return .jwt }
        guard let format = ClientRecord.AccessTokenFormat(rawValue: name) else {
            throw Problem(.invalidRequest, "\"access_token_format\" is not \"jwt\" or \"opaque\".")
        }
        return format
    }
}
