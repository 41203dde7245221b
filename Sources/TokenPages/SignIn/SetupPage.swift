import Accounts
import HTTPTypes
import Hummingbird
import TokenCore
import TokenHTTP

/// `/setup`: creates the first user, once, by the link that the service prints at its start.
struct SetupPage: Controller {
    let invitation: SetupInvitation
    let accounts: AccountService
    let gate: BrowserGate
    let redirect: LoginRedirect
    let renderer: PageRenderer

    private struct Content {
        let token: String
        var username = ""
        var isRemembered = true
        var error: String?
        let minimumLength: Int
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/setup", show)
        routes.on(.post, "/setup", create)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        guard let token = try exchange.query()["token"], invitation.accepts(token),
            try await !accounts.directory.hasUsers()
        else { throw invalidLink }
        return page(Content(token: token, minimumLength: accounts.policy.minimumLength))
    }

    private func create(_ exchange: Exchange) async throws -> Response {
        try gate.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        guard let token = form["token"], try await !accounts.directory.hasUsers(), invitation.take(token) else {
            throw invalidLink
        }
        // If no user is created, the link can be used again.
        var isDone = false
        defer { if !isDone { invitation.giveBack() } }

        let (username, password) = (form["username"] ?? "", Password(form["password"] ?? ""))
        func mistake(_ error: String) -> Response {
            let content = Content(
                token: token, username: username, isRemembered: form.isRemembered, error: error,
                minimumLength: accounts.policy.minimumLength)
            return page(content, status: .badRequest)
        }
        switch try await accounts.create(username: username, password: password) {
        case .created: isDone = true
        case .nameTaken: return mistake("This name is taken.")
        case .invalidName:
            return mistake("This is not a valid name. A name has \(Username.rule).")
        case .weakPassword(let objection): return mistake(objection)
        }
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        let outcome = try await accounts.login(
            username: username, password: password, client: .web, scope: .none, device: device,
            isRemembered: form.isRemembered, from: exchange.address)
        guard case .opened(let session, let refresh, let time) = outcome else { return .seeOther("/login") }
        return try await redirect.response(
            to: FlashMessage.welcome.at("/account"), for: session, refresh: refresh, at: time, of: exchange)
    }

    private var invalidLink: Problem {
        Problem(.notFound, "This link has been used, or is not the link that the service printed when it started.")
    }

    private func page(_ content: Content, status: HTTPResponse.Status = .ok) -> Response {
        renderer.page(.setup, status: status, PageFrame(title: "Set up", content: content))
    }
}
