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
        var isWrong = false
        let minimumLength: Int
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/welcome", show)
        routes.on(.post, "/welcome", setPassword)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        guard let token = (try? exchange.query())?["token"], let (link, user) = try await accounts.link(token) else {
            return void
        }
        return page(token, link, user)
    }

    private func setPassword(_ exchange: Exchange) async throws -> Response {
        try gate.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        let (token, password) = (form["token"] ?? "", Password(form["password"] ?? ""))
        let user: SubjectRecord
        do {
            switch try await accounts.useLink(token, password: password, from: exchange.address) {
            case .used(let changed): user = changed
            case .weakPassword(let objection, let link, let user):
                return page(
                    token, link, user, isRemembered: form.isRemembered, error: objection, isWrong: true,
                    status: .badRequest)
            case .void: return void
            case .throttled(let seconds): throw Problem.tooManyAttempts(retryAfterSeconds: seconds)
            }
        } catch let error where error.isTemporary {
            // The page is shown again if the link can be read.
            guard let (link, user) = try await accounts.link(token) else { return void }
            return page(
                token, link, user, isRemembered: form.isRemembered, error: ErrorContent.unavailable,
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
    private var void: Response {
        var response = renderer.failure(
            ErrorContent(
                status: .gone, title: "This link does not work any more",
                detail: "It was used, has expired, or was replaced by a newer one. If you have set your password, sign "
                    + "in. If not, ask for another link.", label: "Sign in", place: "/login"), status: .gone)
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }

    private func page(
        _ token: String, _ link: OneTimeLink, _ user: SubjectRecord, isRemembered: Bool = true, error: String? = nil,
        isWrong: Bool = false, status: HTTPResponse.Status = .ok
    ) -> Response {
        let content = Content(
            token: token, username: user.account?.username ?? "", isReset: link.purpose == .reset,
            isRemembered: isRemembered, error: error, isWrong: isWrong, minimumLength: accounts.policy.minimumLength)
        let title = content.isReset ? "Set a new password" : "Welcome"
        var response = renderer.page(.welcome, status: status, PageFrame(title: title, content: content))
        // The address holds the secret.
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}
