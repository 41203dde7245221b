import Accounts
import HTTPTypes
import Hummingbird
import SessionEngine
import TokenCore
import TokenHTTP

/// `/login`: where a user signs in.
struct LoginPage: Controller {
    let accounts: AccountService
    let authentication: Authentication
    let redirect: LoginRedirect
    let renderer: PageRenderer

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
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/login", show)
        routes.on(.post, "/login", signIn)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        switch try await PageVisitor(of: exchange, authentication.sessions) {
        case .signedIn: return .seeOther("/account")
        case .fromOtherSite: return renderer.onward(to: "/login")
        case .sessionEnded, .signedOut: return try await signedOut(exchange, helper: PageFrame<Content>.signedOutHelper)
        case .fromUnknownSite: return try await signedOut(exchange, helper: nil)
        }
    }

    private func signedOut(_ exchange: Exchange, helper: String?) async throws -> Response {
        let content =
            if let error = try await lostLogin(exchange) {
                Content(error: error)
            } else {
                Content(
                    notice: FlashMessage(of: exchange)?.sentence,
                    needsSetup: try await !accounts.directory.hasUsers())
            }
        return page(content, helper: helper)
    }

    /// What to say to a browser that shows the receipt of its login and has none of the cookies; nil for any other
    /// request. Nobody can hold the session of that login, so it is ended.
    private func lostLogin(_ exchange: Exchange) async throws -> String? {
        guard let receipt = (try? exchange.query())?[LoginRedirect.receiptField],
            let id = redirect.receipts.session(of: receipt)
        else { return nil }
        let sessions = accounts.sessions
        guard case .live(let session) = try await sessions.status(of: id),
            sessions.clock() <= session.record.createdAt + LoginPage.receiptSeconds
        else { return nil }
        _ = try await sessions.end(id, by: .tokenHolder, reason: .logout, address: exchange.address.text)
        return "The username and the password are right, but your browser kept no cookie, so you are not signed in. "
            + "Browsers keep none for a plain http address; open this page by https."
    }

    private func signIn(_ exchange: Exchange) async throws -> Response {
        try authentication.browser.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        let (username, isRemembered) = (form["username"] ?? "", form.isRemembered)
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        func failed(_ error: String, _ status: HTTPResponse.Status, areWrong: Bool = false) -> Response {
            page(
                Content(username: username, isRemembered: isRemembered, error: error, areWrong: areWrong),
                status: status)
        }
        let outcome: AccountService.LoginOutcome
        do {
            outcome = try await accounts.login(
                username: username, password: Password(form["password"] ?? ""), client: .web, scope: .none,
                device: device, isRemembered: isRemembered, from: exchange.address)
        } catch let error where error.isTemporary {
            return failed(ErrorContent.unavailable, .serviceUnavailable).retryable(afterSeconds: 1)
        }
        switch outcome {
        case .opened(let session, let refresh, let time):
            return try redirect.response(to: "/account", for: session, refresh: refresh, at: time, of: exchange)
        case .refused: return failed("The username or the password is wrong.", .unauthorized, areWrong: true)
        case .unknownClient: throw Problem.unknownClient
        case .throttled(let seconds):
            return failed(
                "Too many attempts. Try again in \(seconds) second\(seconds == 1 ? "" : "s").", .tooManyRequests
            ).retryable(afterSeconds: seconds)
        }
    }

    private func page(_ content: Content, status: HTTPResponse.Status = .ok, helper: String? = nil) -> Response {
        var frame = PageFrame(title: "Sign in", content: content)
        frame.helper = helper
        return renderer.page(.login, status: status, frame)
    }
}
