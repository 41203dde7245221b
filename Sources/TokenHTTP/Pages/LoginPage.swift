import Accounts
import HTTPTypes
import Hummingbird
import TokenCore

/// `/login`: where a person signs in.
struct LoginPage: Sendable {
    let accounts: AccountService
    let visitors: PageVisitors
    let gate: BrowserGate
    let cookies: CookieDelivery
    let pages: PageRenderer

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
        switch try await visitors.visitor(of: exchange) {
        case .signedIn: .seeOther("/account")
        case .passingThrough: pages.onward(to: "/login")
        case .stranger: page(Content(notice: FlashMessage(of: exchange)?.sentence))
        }
    }

    private func signIn(_ exchange: Exchange) async throws -> Response {
        try gate.checkOrigin(of: exchange.request)
        let form = try await exchange.form()
        let username = form["username"] ?? ""
        let device = Device(address: exchange.address.text, userAgent: exchange.userAgent)
        let outcome = try await accounts.login(
            username: username, password: Password(form["password"] ?? ""), client: .web, scope: .none, device: device,
            from: exchange.address)
        switch outcome {
        case .opened(let session, let refresh):
            return try cookies.redirect(to: "/account", for: session, refresh: refresh)
        case .refused:
            return page(
                Content(username: username, error: "The name or the password is wrong."), status: .unauthorized)
        case .throttled(let seconds):
            let error = "Too many attempts. Try again in \(seconds) second\(seconds == 1 ? "" : "s")."
            var response = page(Content(username: username, error: error), status: .tooManyRequests)
            response.headers[.retryAfter] = String(seconds)
            return response
        }
    }

    private func page(_ content: Content, status: HTTPResponse.Status = .ok) -> Response {
        pages.page(.login, status: status, PageFrame(title: "Sign in", content: content))
    }
}
