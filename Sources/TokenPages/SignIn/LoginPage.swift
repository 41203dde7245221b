import Accounts
import HTTPTypes
import Hummingbird
import TokenCore
import TokenHTTP

/// `/login`: where a user signs in.
struct LoginPage: Controller {
    let accounts: AccountService
    let authentication: Authentication
    let delivery: TokenDelivery
    let renderer: PageRenderer

    private struct Content {
        var username = ""
        var notice: String?
        var error: String?
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/login", show)
        routes.on(.post, "/login", signIn)
    }

    private func show(_ exchange: Exchange) async throws -> Response {
        switch try await PageVisitor(of: exchange, authentication.sessions) {
        case .signedIn: .seeOther("/account")
        case .fromOtherSite: renderer.onward(to: "/login")
        case .signedOut: page(Content(notice: FlashMessage(of: exchange)?.sentence))
        }
    }

    private func signIn(_ exchange: Exchange) async throws -> Response {
        try authentication.browser.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        let username = form["username"] ?? ""
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        let outcome = try await accounts.login(
            username: username, password: Password(form["password"] ?? ""), client: .web, scope: .none, device: device,
            from: exchange.address)
        switch outcome {
        case .opened(let session, let refresh, let time):
            return try delivery.redirect(to: "/account", for: session, refresh: refresh, at: time)
        case .refused:
            return page(
                Content(username: username, error: "The name or the password is wrong."), status: .unauthorized)
        case .unknownClient: throw Problem.unknownClient
        case .throttled(let seconds):
            let error = "Too many attempts. Try again in \(seconds) second\(seconds == 1 ? "" : "s")."
            var response = page(Content(username: username, error: error), status: .tooManyRequests)
            response.headers[.retryAfter] = String(seconds)
            return response
        }
    }

    private func page(_ content: Content, status: HTTPResponse.Status = .ok) -> Response {
        renderer.page(.login, status: status, PageFrame(title: "Sign in", content: content))
    }
}
