import Accounts
import HTTPTypes
import Hummingbird
import TokenCore

/// `/setup`: makes the first user, once, for whoever holds the link.
struct SetupPage: Sendable {
    let invitation: SetupInvitation
    let accounts: AccountService
    let gate: BrowserGate
    let cookies: CookieDelivery
    let pages: PageRenderer

    private struct Content {
        let token: String
        var username = ""
        var error: String?
        let minimumLength: Int
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/setup", show)
        routes.on(.post, "/setup", create)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        let query = try FormFields((exchange.request.uri.query ?? "").utf8)
        guard let token = query["token"], invitation.accepts(token), try await hasNoUsers() else { throw isGone }
        return page(Content(token: token, minimumLength: accounts.policy.minimumLength))
    }

    private func create(_ exchange: Exchange) async throws -> Response {
        try gate.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        guard let token = form["token"], try await hasNoUsers(), invitation.take(token) else { throw isGone }
        // Whatever goes wrong from here on, the link still works, unless there is a user now.
        var isDone = false
        defer { if !isDone { invitation.giveBack() } }

        let (username, password) = (form["username"] ?? "", Password(form["password"] ?? ""))
        func mistake(_ error: String) -> Response {
            let content = Content(
                token: token, username: username, error: error, minimumLength: accounts.policy.minimumLength)
            return page(content, status: .badRequest)
        }
        switch try await accounts.create(username: username, password: password) {
        case .created: isDone = true
        case .nameTaken: return mistake("This name is taken.")
        case .invalidName: return mistake("A name has 1 to 128 bytes of printable characters and no space at an end.")
        case .weakPassword(let objection): return mistake(objection)
        }
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        let outcome = try await accounts.login(
            username: username, password: password, client: .web, scope: .none, device: device, from: exchange.address)
        guard case .opened(let session, let refresh) = outcome else { return .seeOther("/login") }
        return try cookies.redirect(to: FlashMessage.welcome.at("/account"), for: session, refresh: refresh)
    }

    private func hasNoUsers() async throws -> Bool {
        try await accounts.sessions.store.users(after: "", limit: 1).isEmpty
    }

    private var isGone: Problem {
        Problem(.notFound, "This link has been used, or is not the one that the service printed when it started.")
    }

    private func page(_ content: Content, status: HTTPResponse.Status = .ok) -> Response {
        pages.page(.setup, status: status, PageFrame(title: "Set up", content: content))
    }
}
