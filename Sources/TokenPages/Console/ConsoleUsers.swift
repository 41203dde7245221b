import Accounts
import HTTPTypes
import SessionEngine
import TokenCore
import TokenHTTP

/// `/console/users`: finds users by the beginning of their name, and creates them.
struct ConsoleUsers: Controller {
    let site: ConsoleSite
    let accounts: AccountService

    private static let pageLength = 50

    private struct Content {
        let search: String?
        let users: [User]
        let isEmpty: Bool
        /// The query of the next page; nil for the last one.
        let next: String?
        /// What was typed into the form that creates a user.
        let username: String?
        let minimumLength: Int
    }

    private struct User {
        let name: String
        let link: String
        let state: String
        let isActive: Bool
        let created: RelativeTime
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/console/users", show)
        routes.on(.post, "/console/users", create)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query()
        return try await site.show(exchange) { visit in
            try await page(for: visit, search: query["search"], after: query["after"])
        }
    }

    private func create(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { visit, form in
            let username = form["username"] ?? ""
            func failed(_ error: String) async throws -> Response {
                try await page(for: visit, status: .badRequest, error: ConsoleError(error), username: username)
            }
            switch try await accounts.create(username: username, password: form["password"].map { Password($0) }) {
            case .created(let user): return .seeOther(ConsoleNotice.created.at(ConsoleLink.subject(user.id.value)))
            case .nameTaken: return try await failed(visit.text.usernameTaken)
            case .invalidName:
                return try await failed(visit.text.invalidUsername(maximumBytes: Username.maximumLength))
            case .weakPassword(let objection): return try await failed(visit.text.weakPassword(objection))
            }
        }
    }

    private func page(
        for visit: ConsoleVisit, status: HTTPResponse.Status = .ok, search: String? = nil, after: String? = nil,
        error: ConsoleError? = nil, username: String? = nil
    ) async throws -> Response {
        let limit = ConsoleUsers.pageLength
        let prefix = search.flatMap { GivenName($0)?.keys.exact }
        var found: [SubjectRecord] = []
        if search == nil || prefix != nil {
            let start =
                if let after { try await accounts.directory.position(behind: after) } else {
                    UserPosition.name(prefix ?? "")
                }
            found = try await accounts.directory.users(after: start, limit: limit + 1)
            if let prefix {
                found = found.filter { $0.account?.usernameKey?.utf8.starts(with: prefix.utf8) ?? false }
            }
        }
        // The user whose name or id it is.
        if after == nil, let search, let user = try? await accounts.directory.user(search),
            !found.contains(where: { $0.id == user.id })
        {
            found.insert(user, at: 0)
        }
        let now = accounts.sessions.clock()
        let shown = found.prefix(limit)
        let next = found.count > limit ? shown.last?.displayName : nil
        return visit.page(
            .consoleUsers, status: status, title: visit.console.users, error: error,
            Content(
                search: search, users: shown.map { user($0, now: now, for: visit) }, isEmpty: shown.isEmpty,
                next: next.map { ConsoleLink.query([("search", search), ("after", $0)]) }, username: username,
                minimumLength: accounts.policy.minimumLength))
    }

    private func user(_ user: SubjectRecord, now: Timestamp, for visit: ConsoleVisit) -> User {
        User(
            name: user.displayName, link: ConsoleLink.subject(user.id.value),
            state: user.state.words(in: visit.console), isActive: user.state == .active,
            created: RelativeTime(user.createdAt, now: now, in: visit.text))
    }
}
