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
        var isNameWrong = false
        var isPasswordWrong = false
        let minimumLength: Int
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/setup", show)
        routes.on(.post, "/setup", create)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        if try await accounts.directory.hasUsers() { return usedLink }
        guard let token = try exchange.query()["token"], invitation.accepts(token) else { return wrongLink }
        return page(Content(token: token, minimumLength: accounts.policy.minimumLength))
    }

    private func create(_ exchange: Exchange) async throws -> Response {
        try gate.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        if try await accounts.directory.hasUsers() { return usedLink }
        guard let token = form["token"], invitation.take(token) else { return wrongLink }
        // If no user is created, the link can be used again.
        var isDone = false
        defer { if !isDone { invitation.giveBack() } }

        let (username, password) = (form["username"] ?? "", Password(form["password"] ?? ""))
        func mistake(
            _ error: String, inName: Bool = false, inPassword: Bool = false, status: HTTPResponse.Status = .badRequest
        ) -> Response {
            let content = Content(
                token: token, username: username, isRemembered: form.isRemembered, error: error, isNameWrong: inName,
                isPasswordWrong: inPassword, minimumLength: accounts.policy.minimumLength)
            return page(content, status: status)
        }
        do {
            switch try await accounts.create(username: username, password: password) {
            case .created: isDone = true
            case .nameTaken: return mistake("This username is taken.", inName: true)
            case .invalidName:
                return mistake("This is not a valid username. It has \(Username.rule).", inName: true)
            case .weakPassword(let objection): return mistake(objection, inPassword: true)
            }
        } catch let error where error.isTemporary {
            return mistake(ErrorContent.unavailable, status: .serviceUnavailable).retryable(afterSeconds: 1)
        }
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        let outcome = try await accounts.login(
            username: username, password: password, client: .web, scope: .none, device: device,
            isRemembered: form.isRemembered, from: exchange.address)
        guard case .opened(let session, let refresh, let time) = outcome else { return .seeOther("/login") }
        return try redirect.response(
            to: FlashMessage.welcome.at("/account"), for: session, refresh: refresh, at: time, of: exchange)
    }

    private var usedLink: Response {
        failure(
            "This link has been used",
            "The first user exists, and the link worked once. Sign in; for a further user, run: "
                + "heirloom user invite NAME")
    }

    private var wrongLink: Response {
        failure(
            "This is not the setup link",
            "The service prints another link each time it starts. The one of its last start works until it has been "
                + "used.")
    }

    private func failure(_ title: String, _ detail: String) -> Response {
        renderer.failure(
            ErrorContent(status: .notFound, title: title, detail: detail, label: "Sign in", place: "/login"),
            status: .notFound)
    }

    private func page(_ content: Content, status: HTTPResponse.Status = .ok) -> Response {
        renderer.page(.setup, status: status, PageFrame(title: "Set up", content: content))
    }
}
