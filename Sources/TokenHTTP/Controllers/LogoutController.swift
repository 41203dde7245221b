import Accounts
import Hummingbird
import StrictCoding
import TokenCore

/// `POST /v1/logout` and `POST /v1/logout-all`.
struct LogoutController: Sendable {
    let sessions: SessionService
    let credentials: SessionAuthenticator

    /// Ends this session. An authentic token of any generation, and an access token that has run out, may still end
    /// theirs; what is dead or unknown is ended already.
    func logout(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json(optional: true)
        guard let presented = try await credentials.presented(in: exchange, body: body) else {
            throw Problem.missingCredential
        }
        if let session = try await session(of: presented) {
            _ = try await sessions.lane.submit(
                EndSession(session, reason: .logout, address: exchange.address.text))
        }
        return presented.isCookies ? .noContent.clearingCookies() : .noContent
    }

    private func session(of presented: PresentedCredential) async throws -> SessionID? {
        switch presented {
        case .refreshToken(let text, _): return sessions.parse(text)?.session
        case .accessToken(let token):
            do { return try await credentials.sessionID(of: token, evenExpired: true) } catch is Problem { return nil }
        case .cookies(let cookies): return try await credentials.session(namedBy: cookies)
        }
    }

    /// Ends every session of the subject, on every device.
    func logoutAll(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json(optional: true)
        guard let presented = try await credentials.presented(in: exchange, body: body) else {
            throw Problem.missingCredential
        }
        let credential = try await credentials.credential(presented)
        let command = EndAllSessions(by: .holder(credential), address: exchange.address.text)
        switch try await sessions.lane.submit(command) {
        case .ended(let count):
            let response = Response.json { $0.member("revoked_sessions", count) }
            return presented.isCookies ? response.clearingCookies() : response
        case .refused(let refusal):
            throw presented.isCookies ? Problem(refusal).clearingCookies() : Problem(refusal)
        }
    }
}
