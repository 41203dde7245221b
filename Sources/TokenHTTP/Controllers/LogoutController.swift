import Accounts
import HTTPTypes
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

    /// Ends the session of each authentic token: a refresh token of any generation, an access token that may have
    /// expired. For an unknown token, and for a session that has ended, there is nothing to do.
    private func logout(_ exchange: Exchange) async throws -> Response {
        let credentials = try await credentials(of: exchange)
        for credential in credentials {
            guard let session = try await authenticator.session(namedBy: credential) else { continue }
            _ = try await sessions.end(session, by: .tokenHolder, reason: .logout, address: exchange.address.text)
        }
        return credentials[0].isCookies ? .noContent.clearingCookies() : .noContent
    }

    /// Ends every session of the subject, on every device.
    private func logoutAll(_ exchange: Exchange) async throws -> Response {
        let credentials = try await credentials(of: exchange)
        let credential = credentials[0]
        if credentials.count > 1 {
            // The refresh token decides. An access token beside it must be of the same session.
            try await authenticator.requireScheme(of: credentials[1])
            let other = try await authenticator.session(namedBy: credentials[1])
            guard let other, try await authenticator.session(namedBy: credential) == other else {
                throw AuthenticationFailure.differentSessions
            }
        }
        let holder = try await authenticator.sessionCredential(credential, of: exchange)
        switch try await sessions.endAll(by: .holder(holder), address: exchange.address.text) {
        case .ended(let count):
            let response = Response.json { $0.member("revoked_sessions", count) }
            return credential.isCookies ? response.clearingCookies() : response
        case .refused(let refusal):
            let problem = Problem(holder.failure(refusal))
            throw credential.isCookies ? problem.clearingCookies() : problem
        }
    }

    /// At least one.
    private func credentials(of exchange: Exchange) async throws -> [PresentedCredential] {
        let body = try await exchange.json(optional: true)
        let credentials = try await authenticator.credentials(of: exchange, body: body)
        guard !credentials.isEmpty else { throw AuthenticationFailure.missingCredential }
        return credentials
    }
}
