import Accounts
import Hummingbird
import SessionEngine
import StrictCoding
import TokenCore

/// `POST /v1/logout` and `POST /v1/logout-all`.
struct LogoutController: Controller {
    let sessions: SessionService
    let authenticator: SessionAuthenticator

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.post, "/v1/logout", logout)
        routes.on(.post, "/v1/logout-all", logoutAll)
    }

    /// Ends the session of any authentic token: a refresh token of any generation, an access token that may have
    /// expired. For an unknown token, and for a session that has ended, there is nothing to do.
    private func logout(_ exchange: Exchange) async throws -> Response {
        let credential = try await credential(of: exchange)
        if let session = try await authenticator.session(namedBy: credential) {
            _ = try await sessions.end(session, by: .tokenHolder, reason: .logout, address: exchange.address.text)
        }
        return credential.isCookies ? .noContent.clearingCookies() : .noContent
    }

    /// Ends every session of the subject, on every device.
    private func logoutAll(_ exchange: Exchange) async throws -> Response {
        let credential = try await credential(of: exchange)
        let holder = try await authenticator.sessionCredential(credential)
        switch try await sessions.endAll(by: .holder(holder), address: exchange.address.text) {
        case .ended(let count):
            let response = Response.json { $0.member("revoked_sessions", count) }
            return credential.isCookies ? response.clearingCookies() : response
        case .refused(let refusal):
            let problem = Problem(.refused(refusal))
            throw credential.isCookies ? problem.clearingCookies() : problem
        }
    }

    private func credential(of exchange: Exchange) async throws -> PresentedCredential {
        let body = try await exchange.json(optional: true)
        guard let credential = try await authenticator.credential(of: exchange, body: body) else {
            throw AuthenticationFailure.missingCredential
        }
        return credential
    }
}
