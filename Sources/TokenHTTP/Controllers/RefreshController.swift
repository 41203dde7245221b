import Accounts
import Hummingbird
import SessionEngine
import TokenCore

/// `POST /v1/refresh`: exchanges a refresh token for its successor and a new access token.
struct RefreshController: Controller {
    let sessions: SessionService
    let clients: ClientAuthenticator
    let authenticator: SessionAuthenticator
    let delivery: TokenDelivery

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/v1/refresh", refresh) }

    private func refresh(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json(optional: true)
        if try body.text("refresh_token") == nil, let cookies = try await authenticator.checkedCookies(of: exchange) {
            return try await refresh(cookies, address: exchange.address.text)
        }
        let client = try await clients.requestingClient(of: exchange, named: try body.string("client_id"))
        // Row 1 of the rotation rule, before anything is queued.
        guard let token = sessions.parse(try body.required("refresh_token")) else {
            throw AuthenticationFailure.invalidRefreshToken
        }
        let asked = sessions.clock()
        let outcome = try await sessions.refresh(
            token, client: client.client, isAuthenticated: client.isAuthenticated, address: exchange.address.text)
        switch outcome {
        case .successor(let successor, let session):
            return try delivery.body(for: session, refresh: successor, asked: asked)
        case .refused(let refusal): throw AuthenticationFailure.refused(refusal)
        }
    }

    /// A browser's refresh: the successor goes into the cookie that the token came from.
    private func refresh(_ cookies: BrowserCookies, address: String) async throws -> Response {
        guard let token = cookies.refresh.flatMap({ sessions.parse($0) }) else {
            throw Problem(.missingRefreshCookie).clearingCookies()
        }
        let asked = sessions.clock()
        switch try await sessions.refresh(token, client: nil, address: address) {
        case .successor(let successor, let session):
            return try delivery.cookies(for: session, refresh: successor, asked: asked)
        case .refused(let refusal): throw Problem(.refused(refusal)).clearingCookies()
        }
    }
}
