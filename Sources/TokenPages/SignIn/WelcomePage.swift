import Accounts
import HTTPTypes
import TokenCore
import TokenHTTP

/// `/welcome`: where an invitation or a reset leads. A person sets a password, once, and is signed in.
struct WelcomePage: Controller {
    let accounts: AccountService
    let gate: BrowserGate
    let redirect: LoginRedirect
    let languages: PageLanguages

    private struct Content {
        let token: String
        let username: String
        let isReset: Bool
        var isRemembered = true
        var error: String?
        var isWrong = false
        let minimumLength: Int
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/welcome", show)
        routes.on(.post, "/welcome", setPassword)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        let renderer = languages.renderer(for: exchange)
        guard let token = (try? exchange.query())?["token"], let (link, user) = try await accounts.link(token) else {
            return void(renderer)
        }
        return page(token, link, user, renderer)
    }

    private func setPassword(_ exchange: Exchange) async throws -> Response {
        try gate.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        let (token, password) = (form["token"] ?? "", Password(form["password"] ?? ""))
        let renderer = languages.renderer(for: exchange)
        let user: SubjectRecord
        do {
            switch try await accounts.useLink(token, password: password, from: exchange.address) {
            case .used(let changed): user = changed
            case .weakPassword(let objection, let link, let user):
                return page(
                    token, link, user, renderer, isRemembered: form.isRemembered,
                    error: renderer.text.weakPassword(objection), isWrong: true, status: .badRequest)
            case .void: return void(renderer)
            case .throttled(let seconds): throw Problem.tooManyAttempts(retryAfterSeconds: seconds)
            }
        } catch let error where error.isTemporary {
            // The page is shown again if the link can be read.
            guard let (link, user) = try await accounts.link(token) else { return void(renderer) }
            return page(
                token, link, user, renderer, isRemembered: form.isRemembered, error: renderer.text.notAvailableDetail,
                status: .serviceUnavailable
            ).retryable(afterSeconds: 1)
        }
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        let outcome = try await accounts.login(
            username: user.account?.username ?? "", password: password, client: .web, scope: .none, device: device,
            isRemembered: form.isRemembered, from: exchange.address)
        guard case .opened(let session, let refresh, let time) = outcome else { return .seeOther("/login") }
        return try await redirect.response(
            to: FlashMessage.passwordSet.at("/account"), for: session, refresh: refresh, at: time, of: exchange)
    }

    /// The address of the page holds the token of the link.
    private func void(_ renderer: PageRenderer) -> Response {
        let text = renderer.text
        var response = renderer.failure(
            ErrorContent(
                status: .gone, title: text.linkVoid, detail: text.linkVoidDetail, label: text.signIn, place: "/login"),
            status: .gone)
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    private func page(
        _ token: String, _ link: OneTimeLink, _ user: SubjectRecord, _ renderer: PageRenderer,
        isRemembered: Bool = true,
        error: String? = nil, isWrong: Bool = false, status: HTTPResponse.Status = .ok
    ) -> Response {
        let content = Content(
            token: token, username: user.account?.username ?? "", isReset: link.purpose == .reset,
            isRemembered: isRemembered, error: error, isWrong: isWrong, minimumLength: accounts.policy.minimumLength)
        let title = content.isReset ? renderer.text.setNewPassword : renderer.text.welcome
        var response = renderer.page(.welcome, status: status, PageFrame(title: title, content: content))
        // The address holds the secret.
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}
