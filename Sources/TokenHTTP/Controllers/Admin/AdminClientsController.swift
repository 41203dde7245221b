import HTTPTypes
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
        routes.on(.patch, "/admin/v1/clients/*", change)
        routes.on(.put, "/admin/v1/clients/*", replace)
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
        let client = try await client(exchange)
        return .json { $0.client(client) }
    }

    private func client(_ exchange: Exchange) async throws -> ClientRecord {
        guard let client = try await sessions.client(ClientID(exchange.name())) else { throw notFound }
        return client
    }

    /// Only this answer contains the secret of a confidential client.
    private func add(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        guard let name = try body.string("client_id") ?? body.string("name") else {
            throw Problem(.invalidRequest, "\"client_id\" is missing.")
        }
        let registration = ClientService.Registration(
            name: name, isConfidential: try body.boolean("confidential") ?? false,
            jwks: try await keys(body.members["jwks"])?.jwks, settings: try body.clientSettings())
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
        case .invalid(let mistake): throw problem(mistake)
        }
    }

    /// Changes the settings that the body has.
    private func change(_ exchange: Exchange) async throws -> Response {
        try await set(exchange, to: try await exchange.json().clientSettings())
    }

    /// Replaces all settings: one that the body does not have becomes a new client's.
    private func replace(_ exchange: Exchange) async throws -> Response {
        var settings = try await exchange.json().clientSettings()
        let client = try await client(exchange)
        settings.allowedScope = settings.allowedScope ?? Scope.none
        if client.isConfidential { settings.permissions = settings.permissions ?? ClientRecord.Permission.usual }
        settings.accessTokenFormat = settings.accessTokenFormat ?? .jwt
        settings.idleLifetime = settings.idleLifetime ?? .ofService
        settings.absoluteLifetime = settings.absoluteLifetime ?? .ofService
        settings.retryWindow = settings.retryWindow ?? .ofService
        settings.requiresProof = settings.requiresProof ?? false
        return try await set(exchange, to: settings)
    }

    private func set(_ exchange: Exchange, to settings: ClientSettings) async throws -> Response {
        switch try await clients.set(ClientID(exchange.name()), to: settings) {
        case .set(let client): return .json { $0.client(client) }
        case .notFound: throw notFound
        case .invalid(let mistake): throw problem(mistake)
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

    private func problem(_ mistake: ClientSettings.Mistake) -> Problem {
        Problem(.invalidRequest, "Nothing was changed: \(mistake).")
    }

    private var notFound: Problem { Problem(.notFound, "There is no client of this name.") }
    private var noConfidentialClient: Problem {
        Problem(.notFound, "There is no confidential client of this name.")
    }
}
