import Accounts
import HTTPTypes
import SessionEngine
import TokenCore

/// `POST /v1/refresh`: exchanges a refresh token for its successor and a new access token.
struct RefreshController: Controller {
    let sessions: SessionService
    let clients: ClientAuthenticator
    let authenticator: SessionAuthenticator
    let proofs: RequestProofs
    let delivery: TokenDelivery

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/v1/refresh", refresh) }

    private func refresh(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json(optional: true)
        let name = try body.string("client_id")
        if try body.text("refresh_token") == nil, let cookies = try await authenticator.checkedCookies(of: exchange) {
            return try await refresh(cookies, by: name.map { ClientID(requested: $0) }, exchange)
        }
        let client = try await clients.requestingClient(of: exchange, named: name)
        // Row 1 of the rotation rule, before anything is queued.
        guard let token = sessions.parse(try body.required("refresh_token")) else {
            throw AuthenticationFailure.invalidRefreshToken
        }
        let proof = try proofs.proof(of: exchange, at: sessions.clock())
        let outcome = try await sessions.refresh(
            token, client: client.client, isAuthenticated: client.isAuthenticated, proof: proof.presented,
            address: exchange.address.text)
        switch outcome {
        case .successor(let successor, let session, let time):
            return proof.mark(
                try delivery.body(for: session, refresh: successor, requestKey: proof.key, at: time))
        case .refused(let refusal): throw proof.failure(refusal)
        }
    }

    /// A browser's refresh: the successor goes into the cookie that the token came from.
    ///
    /// - Parameter client: the client that the body names; nil for none.
    private func refresh(
        _ cookies: BrowserCookies, by client: ClientID?, _ exchange: Exchange
    ) async throws -> Response {
        guard let token = cookies.refresh.flatMap({ sessions.parse($0) }) else {
            throw Problem(.missingRefreshCookie).clearingCookies()
        }
        let proof = try proofs.proof(of: exchange, at: sessions.clock())
        let outcome = try await sessions.refresh(
            token, client: client, proof: proof.presented, address: exchange.address.text)
        switch outcome {
        case .successor(let successor, let session, let time):
            return proof.mark(try delivery.cookies(for: session, refresh: successor, at: time))
        // The session lives: only the request names another client.
        case .refused(.otherClient): throw AuthenticationFailure.refused(.otherClient)
        case .refused(let refusal): throw Problem(proof.failure(refusal)).clearingCookies()
        }
    }
}
