import Accounts
import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore
import TokenHTTP

/// `/login`: where a user signs in.
struct LoginPage: Controller {
    let accounts: AccountService
    let authentication: Authentication
    let redirect: LoginRedirect
    let targets: ReturnTargets
    let providers: [ProviderButton]
    let languages: PageLanguages

    private static let returnField = "return"

    /// How long a receipt can end its session. The browser shows it at once after the login.
    private static let receiptSeconds = 60

    private struct Content {
        var username = ""
        var isRemembered = true
        var notice: String?
        var error: String?
        /// Whether the error is about the username and the password.
        var areWrong = false
        /// Whether nobody can sign in yet.
        var needsSetup = false
        /// Where the login leads.
        var returnTo: String?
        var providers: [ProviderButton] = []
        var hasProviders = false
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/login", show)
        routes.on(.post, "/login", signIn)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        let target = targets.allowed((try? exchange.query())?[LoginPage.returnField])
        switch try await PageVisitor(of: exchange, authentication.sessions) {
        case .signedIn: return .seeOther(target ?? "/account")
        case .fromOtherSite:
            return languages.renderer(for: exchange).onward(
                to: "/login" + (target.map { "?\(LoginPage.returnField)=\(FormEncoding.encode($0))" } ?? ""))
        case .sessionEnded, .signedOut: return try await signedOut(exchange, helper: PageFrame<Content>.signedOutHelper)
        case .fromUnknownSite: return try await signedOut(exchange, helper: nil)
        }
    }

    private func signedOut(_ exchange: Exchange, helper: String?) async throws -> Response {
        let renderer = languages.renderer(for: exchange)
        let content =
            if try await hasLostLogin(exchange) {
                Content(error: renderer.text.cookieNotKept)
            } else {
                Content(
                    notice: FlashMessage(of: exchange)?.sentence(in: renderer.text),
                    needsSetup: try await !accounts.directory.hasUsers(),
                    returnTo: targets.allowed((try? exchange.query())?[LoginPage.returnField]))
            }
        return page(content, renderer, helper: helper)
    }

    /// Whether a browser shows the receipt of its login and has none of the cookies. Nobody can hold the session of
    /// that login, so it is ended.
    private func hasLostLogin(_ exchange: Exchange) async throws -> Bool {
        guard let receipt = (try? exchange.query())?[LoginRedirect.receiptField],
            let id = redirect.receipts.session(of: receipt)
        else { return false }
        let sessions = accounts.sessions
        guard case .live(let session) = try await sessions.status(of: id),
            sessions.clock() <= session.record.createdAt + LoginPage.receiptSeconds
        else { return false }
        _ = try await sessions.end(id, by: .tokenHolder, reason: .logout, address: exchange.address.text)
        return true
    }

    private func signIn(_ exchange: Exchange) async throws -> Response {
        try authentication.browser.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        let (username, isRemembered) = (form["username"] ?? "", form.isRemembered)
        let target = targets.allowed(form[LoginPage.returnField])
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        let renderer = languages.renderer(for: exchange)
        let text = renderer.text
        func failed(_ error: String, _ status: HTTPResponse.Status, areWrong: Bool = false) -> Response {
            page(
                Content(
                    username: username, isRemembered: isRemembered, error: error, areWrong: areWrong, returnTo: target),
                renderer, status: status)
        }
        let outcome: AccountService.LoginOutcome
        do {
            outcome = try await accounts.login(
                username: username, password: Password(form["password"] ?? ""), client: .web, scope: .none,
                device: device, isRemembered: isRemembered, from: exchange.address)
        } catch let error where error.isTemporary {
            return failed(text.notAvailableDetail, .serviceUnavailable).retryable(afterSeconds: 1)
        }
        switch outcome {
        case .opened(let session, let refresh, let time):
            return try await redirect.response(
                to: target ?? "/account", for: session, refresh: refresh, at: time, of: exchange)
        case .refused: return failed(text.wrongCredentials, .unauthorized, areWrong: true)
        case .unknownClient: throw Problem.unknownClient
        // A form cannot carry a proof.
        case .refusedProof:
            return failed(text.proofNeeded, .forbidden)
        case .throttled(let seconds):
            return failed(text.tooManyAttempts(seconds: seconds), .tooManyRequests).retryable(afterSeconds: seconds)
        }
    }

    private func page(
        _ content: Content, _ renderer: PageRenderer, status: HTTPResponse.Status = .ok, helper: String? = nil
    ) -> Response {
        var content = content
        content.providers = providers
        content.hasProviders = !providers.isEmpty
        var frame = PageFrame(title: renderer.text.signIn, content: content)
        frame.helper = helper
        return renderer.page(.login, status: status, frame)
    }
}
