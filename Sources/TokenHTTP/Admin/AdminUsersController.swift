import Accounts
import HTTPTypes
import Hummingbird
import StrictCoding
import TokenCore

/// `/admin/v1/users`: who may log in. A user is named by subject id or by name.
struct AdminUsersController: Sendable {
    let accounts: AccountService

    func addRoutes(to routes: inout RouteTable, gate: AdminGate) {
        routes.on(.get, "/admin/v1/users", gate.guarding(list))
        routes.on(.post, "/admin/v1/users", gate.guarding(create))
        routes.on(.get, "/admin/v1/users/*", gate.guarding(show))
        routes.on(.delete, "/admin/v1/users/*", gate.guarding(delete))
        routes.on(.post, "/admin/v1/users/*/disable", gate.guarding(disable))
        routes.on(.post, "/admin/v1/users/*/enable", gate.guarding(enable))
        for method in [HTTPRequest.Method.put, .post] {
            routes.on(method, "/admin/v1/users/*/password", gate.guarding(setPassword))
        }
    }

    /// In the order of their names; `next` is where to go on.
    func list(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query()
        let limit = try query.limit()
        let after = query["after"].map { Username($0)?.key ?? $0 } ?? ""
        let found = try await accounts.sessions.store.users(after: after, limit: limit + 1)
        let users = found.prefix(limit)
        return .json { json in
            json.member("users", array: { json in for user in users { json.object { $0.user(user) } } })
            if found.count > limit, let last = users.last?.account?.username { json.member("next", last) }
        }
    }

    func create(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        let username = try body.required("username", maximumLength: 256)
        let password = Password(try body.required("password", maximumLength: 4096))
        switch try await accounts.create(username: username, password: password) {
        case .created(let user): return .json(.created) { $0.user(user) }
        case .nameTaken: throw Problem(.conflict, "There is a user of this name already.")
        case .invalidName:
            throw Problem(
                .invalidRequest,
                "\"username\" has 1 to 128 bytes of printable characters and no space at an end.")
        case .weakPassword(let objection): throw Problem(.weakPassword, objection)
        }
    }

    func show(_ exchange: Exchange) async throws -> Response {
        let user = try await user(of: exchange)
        return .json { $0.user(user) }
    }

    func disable(_ exchange: Exchange) async throws -> Response { try await set(.disabled, exchange) }

    func enable(_ exchange: Exchange) async throws -> Response { try await set(.active, exchange) }

    func delete(_ exchange: Exchange) async throws -> Response {
        _ = try await set(.deleted, exchange)
        return .noContent
    }

    /// Ends every session of the user.
    func setPassword(_ exchange: Exchange) async throws -> Response {
        let user = try await user(of: exchange)
        let body = try await exchange.json()
        let password = Password(try body.required("password", maximumLength: 4096))
        switch try await accounts.setPassword(of: user, to: password) {
        case .changed: return .noContent
        case .weakPassword(let objection): throw Problem(.weakPassword, objection)
        case .wrongPassword, .throttled, .refused, .unknownUser: throw notFound
        }
    }

    private func set(_ state: SubjectRecord.State, _ exchange: Exchange) async throws -> Response {
        var user = try await user(of: exchange)
        guard try await accounts.sessions.lane.submit(SetUserState(of: user.id, to: state)) == .done else {
            throw notFound
        }
        user.state = state
        return .json { [user] in $0.user(user) }
    }

    private func user(of exchange: Exchange) async throws -> SubjectRecord {
        guard let user = try await accounts.sessions.user(exchange.name()) else { throw notFound }
        return user
    }

    private var notFound: Problem { Problem(.notFound, "There is no such user.") }
}
