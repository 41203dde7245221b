import Accounts
import Hummingbird
import TokenCore
import TokenSigning

/// `POST /v1/refresh`: a refresh token for its successor and a fresh access token.
struct RefreshController: Sendable {
    let sessions: SessionService
    let clients: ClientAuthentication
    let accessTokens: AccessTokenIssuer
    let credentials: SessionAuthenticator
    let cookies: CookieDelivery

    func refresh(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json(optional: true)
        if try body.string("refresh_token") == nil, let held = try await credentials.cookies(checkedIn: exchange) {
            return try await refresh(held, address: exchange.address.text)
        }
        let requestingClient = try await clients.requestingClient(of: exchange, named: try body.string("client_id"))
        // Row 1 of the rotation rule, before anything is queued.
        guard let token = sessions.parse(try body.required("refresh_token")) else {
            throw Problem(.invalidToken, "The refresh token is not one of this service's.")
        }
        let outcome = try await sessions.refresh(
            token, client: requestingClient.client, isAuthenticated: requestingClient.isAuthenticated,
            address: exchange.address.text)
        switch outcome {
        case .successor(let successor, let session):
            return try Response.tokens(for: session, refresh: successor, sessions: sessions, accessTokens: accessTokens)
        case .refused(let refusal):
            throw Problem(refusal)
        }
    }

    /// The browser's way: the successor goes where the token came from.
    private func refresh(_ held: BrowserCookies, address: String) async throws -> Response {
        guard let token = held.refresh.flatMap({ sessions.parse($0) }) else {
            throw Problem(.invalidToken, "There is no refresh cookie of this service.").clearingCookies()
        }
        switch try await sessions.refresh(token, client: nil, address: address) {
        case .successor(let successor, let session): return try cookies.response(for: session, refresh: successor)
        case .refused(let refusal): throw Problem(refusal).clearingCookies()
        }
    }
}

extension Response {
    /// The answer to a login or a refresh: signs the access token, here, outside the lane.
    static func tokens(
        for session: Session, refresh: RefreshToken, sessions: SessionService, accessTokens: AccessTokenIssuer,
        status: HTTPResponse.Status = .ok
    ) throws -> Response {
        let now = sessions.clock()
        let access = try accessTokens.issue(for: session, at: now)
        let expiry = session.expiry(idleLifetimeSeconds: sessions.policy.idleLifetimeSeconds)
        return .json(status) { json in
            json.tokens(
                access: access, refresh: refresh, session: session, expiresInSeconds: max(0, expiry.seconds - now.seconds)
            )
        }
    }
}
