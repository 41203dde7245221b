import Accounts
import HTTPTypes
import Hummingbird
import TokenCore
import TokenHTTP

/// `/welcome`: where an invitation or a reset leads. A person sets a password, once, and is signed in.
struct WelcomePage: Controller {
    let accounts: AccountService
    let gate: BrowserGate
    let redirect: LoginRedirect
    let renderer: PageRenderer

    private struct Content {
        let token: String
        let username: String
        let isReset: Bool
        var isRemembered = true
        var error: String?
        let minimumLength: Int
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/welcome", show)
        routes.on(.post, "/welcome", setPassword)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        guard let token = try exchange.query()["token"], let (link, user) = try await accounts.link(token) else {
            throw void
        }
        return page(token, link, user)
    }

    private func setPassword(_ exchange: Exchange) async throws -> Response {
        try gate.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        let (token, password) = (form["token"] ?? "", Password(form["password"] ?? ""))
        let user: SubjectRecord
        switch try await accounts.useLink(token, password: password, from: exchange.address) {
        case .used(let changed): user = changed
        case .weakPassword(let objection, let link, let user):
            return page(
                token, link, user, isRemembered: form.isRemembered, error: objection, status: .badRequest)
        case .void: throw void
        case .throttled(let seconds): throw Problem.tooManyAttempts(retryAfterSeconds: seconds)
        }
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        let outcome = try await accounts.login(
            username: user.account?.username ?? "", password: password, client: .web, scope: .none, device: device,
            isRemembered: form.isRemembered, from: exchange.address)
        guard case .opened(let session, let refresh, let time) = outcome else { return .seeOther("/login") }
        return try redirect.response(
            to: FlashMessage.passwordSet.at("/account"), for: session, refresh: refresh, at: time, of: exchange)
    }

    private var void: Problem {
        Problem(
            .notFound, "It was used, has expired, or was replaced by a newer one. Ask for another link.",
            status: .gone)
    }

    private func page(
        _ token: String, _ link: OneTimeLink, _ user: SubjectRecord, isRemembered: Bool = true, error: String? = nil,
        status: HTTPResponse.Status = .ok
    ) -> Response {
        let content = Content(
            token: token, username: user.account?.username ?? "", isReset: link.purpose == .reset,
            isRemembered: isRemembered, error: error, minimumLength: accounts.policy.minimumLength)
        let title = content.isReset ? "Set a new password" : "Welcome"
        var response = renderer.page(.welcome, status: status, PageFrame(title: title, content: content))
        // The address holds the secret.
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}
