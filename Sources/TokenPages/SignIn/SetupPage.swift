import Accounts
import HTTPTypes
import TokenCore
import TokenHTTP

/// `/setup`: creates the first user, once, by the link that the service prints at its start.
struct SetupPage: Controller {
    let invitation: SetupInvitation
    let accounts: AccountService
    let gate: BrowserGate
    let redirect: LoginRedirect
    let languages: PageLanguages

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
        let renderer = languages.renderer(for: exchange)
        if try await accounts.directory.hasUsers() { return usedLink(renderer) }
        guard let token = try exchange.query()["token"], invitation.accepts(token) else { return wrongLink(renderer) }
        return page(Content(token: token, minimumLength: accounts.policy.minimumLength), renderer)
    }

    private func create(_ exchange: Exchange) async throws -> Response {
        try gate.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        let renderer = languages.renderer(for: exchange)
        let text = renderer.text
        if try await accounts.directory.hasUsers() { return usedLink(renderer) }
        guard let token = form["token"], invitation.take(token) else { return wrongLink(renderer) }
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
            return page(content, renderer, status: status)
        }
        do {
            switch try await accounts.create(username: username, password: password) {
            case .created: isDone = true
            case .nameTaken: return mistake(text.usernameTaken, inName: true)
            case .invalidName:
                return mistake(text.invalidUsername(maximumBytes: Username.maximumLength), inName: true)
            case .weakPassword(let objection): return mistake(text.weakPassword(objection), inPassword: true)
            }
        } catch let error where error.isTemporary {
            return mistake(text.notAvailableDetail, status: .serviceUnavailable).retryable(afterSeconds: 1)
        }
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        let outcome = try await accounts.login(
            username: username, password: password, client: .web, scope: .none, device: device,
            isRemembered: form.isRemembered, from: exchange.address)
        guard case .opened(let session, let refresh, let time) = outcome else { return .seeOther("/login") }
        return try await redirect.response(
            to: FlashMessage.welcome.at("/account"), for: session, refresh: refresh, at: time, of: exchange)
    }

    private func usedLink(_ renderer: PageRenderer) -> Response {
        failure(renderer.text.setupLinkUsed, renderer.text.setupLinkUsedDetail, renderer)
    }

    private func wrongLink(_ renderer: PageRenderer) -> Response {
        failure(renderer.text.notTheSetupLink, renderer.text.notTheSetupLinkDetail, renderer)
    }

    private func failure(_ title: String, _ detail: String, _ renderer: PageRenderer) -> Response {
        renderer.failure(
            ErrorContent(
                status: .notFound, title: title, detail: detail, label: renderer.text.signIn, place: "/login"),
            status: .notFound)
    }

    private func page(
        _ content: Content, _ renderer: PageRenderer, status: HTTPResponse.Status = .ok
    ) -> Response {
        renderer.page(.setup, status: status, PageFrame(title: renderer.text.setUp, content: content))
    }
}
