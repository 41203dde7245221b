import Accounts
import HTTPTypes
import StrictCoding
import TokenCore

/// `/admin/v1/users`: the users. A path names a user by subject id or by name.
struct AdminUsersController: Controller {
    let accounts: AccountService

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/admin/v1/users", list)
        routes.on(.post, "/admin/v1/users", create)
        routes.on(.get, "/admin/v1/users/*", show)
        routes.on(.delete, "/admin/v1/users/*", delete)
        routes.on(.post, "/admin/v1/users/*/disable", disable)
        routes.on(.post, "/admin/v1/users/*/enable", enable)
        routes.on(.post, "/admin/v1/users/*/rename", rename)
        routes.on(.post, "/admin/v1/users/*/unlock", unlock)
        for method in [HTTPRequest.Method.put, .post] {
            routes.on(method, "/admin/v1/users/*/password", setPassword)
        }
    }

    /// In the order of their names, then those without one. `next` is the value of `after` for the next page.
    private func list(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(of: ["limit", "after"])
        let limit = try query.limit()
        let start = try await accounts.directory.position(behind: query["after"] ?? "")
        let found = try await accounts.directory.users(after: start, limit: limit + 1)
        let users = found.prefix(limit)
        return .json { json in
            json.member("users", each: users) { $0.user($1) }
            if found.count > limit, let last = users.last { json.member("next", last.displayName) }
        }
    }

    /// Without a password, the user sets one by a one-time link.
    private func create(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        let username = try body.required("username", maximumLength: GivenName.maximumLength)
        let password = try body.text("password", maximumLength: Password.maximumBodyLength).map { Password($0) }
        switch try await accounts.create(username: username, password: password) {
        case .created(let user): return .json(.created) { $0.user(user) }
        case .nameTaken: throw nameTaken
        case .invalidName: throw invalidName
        case .weakPassword(let objection): throw Problem(.weakPassword, "\(objection)")
        }
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        let user = try await user(of: exchange)
        return .json { $0.user(user) }
    }

    private func disable(_ exchange: Exchange) async throws -> Response { try await set(.disabled, exchange) }

    private func enable(_ exchange: Exchange) async throws -> Response { try await set(.active, exchange) }

    private func delete(_ exchange: Exchange) async throws -> Response {
        _ = try await set(.deleted, exchange)
        return .noContent
    }

    private func rename(_ exchange: Exchange) async throws -> Response {
        let user = try await user(of: exchange)
        let body = try await exchange.json()
        let username = try body.required("username", maximumLength: GivenName.maximumLength)
        guard let name = Username(username) else { throw invalidName }
        switch try await accounts.directory.rename(user.id, to: name) {
        case .renamed(let user): return .json { $0.user(user) }
        case .nameTaken: throw nameTaken
        case .notFound: throw notFound
        }
    }

    private func unlock(_ exchange: Exchange) async throws -> Response {
        let user = try await user(of: exchange)
        guard try await accounts.directory.unlock(user.id) == .unlocked else { throw notFound }
        return .json { $0.user(user) }
    }

    /// Ends every session of the user.
    private func setPassword(_ exchange: Exchange) async throws -> Response {
        let user = try await user(of: exchange)
        let body = try await exchange.json()
        let password = Password(try body.required("password", maximumLength: Password.maximumBodyLength))
        switch try await accounts.setPassword(of: user, to: password) {
        case .changed: return .noContent
        case .weakPassword(let objection): throw Problem(.weakPassword, "\(objection)")
        case .wrongPassword, .throttled, .refused, .noPassword: throw notFound
        }
    }

    private func set(_ state: SubjectRecord.State, _ exchange: Exchange) async throws -> Response {
        var user = try await user(of: exchange)
        guard try await accounts.directory.setState(of: user.id, to: state) == .done else { throw notFound }
        user.state = state
        return .json { [user] in $0.user(user) }
    }

    private func user(of exchange: Exchange) async throws -> SubjectRecord {
        guard let user = try await accounts.directory.user(exchange.name()) else { throw notFound }
        return user
    }

    private var nameTaken: Problem { Problem(.conflict, "A user of this name exists already.") }

    private var invalidName: Problem {
        Problem(.invalidRequest, "\"username\" is not a valid name. A name has \(Username.rule).")
    }

    private var notFound: Problem { Problem(.notFound, "There is no user with this id or name.") }
}
