import Accounts
import Hummingbird
import StrictCoding
import TokenCore

/// `GET /v1/session`, `GET /v1/sessions`, `DELETE /v1/sessions/{id}`: a person's own sessions.
struct SessionController: Sendable {
    let sessions: SessionService
    let credentials: SessionAuthenticator
    let csrf: CSRFTokens

    func current(_ exchange: Exchange) async throws -> Response {
        let session = try await credentials.liveSession(of: exchange)
        let isBrowser = try credentials.cookies(of: exchange) != nil
        return .json { json in
            json.session(session, expiresAt: expiry(of: session))
            if isBrowser { json.member("csrf_token", csrf.token(for: session.record.id)) }
        }
    }

    func list(_ exchange: Exchange) async throws -> Response {
        let own = try await credentials.liveSession(of: exchange)
        let sessions = try await sessions.sessions(of: own.subject.id)
        return .json { json in
            json.member(
                "sessions",
                array: { json in
                    for session in sessions {
                        json.object { json in
                            json.session(session, expiresAt: expiry(of: session))
                            json.member("current", session.record.id == own.session.id)
                        }
                    }
                })
        }
    }

    func end(_ exchange: Exchange) async throws -> Response {
        let own = try await credentials.liveSession(of: exchange)
        guard let id = SessionID(exchange.pathParameter) else { throw notFound }
        let command = EndSession(
            id, reason: .endedByOwner, owner: .subject(of: own.session.id), address: exchange.address.text)
        switch try await sessions.lane.submit(command) {
        case .ended: return .noContent
        case .notFound: throw notFound
        case .refused(let refusal): throw Problem(refusal)
        }
    }

    private var notFound: Problem { Problem(.notFound, "You have no live session with this id.") }

    private func expiry(of session: Session) -> Timestamp {
        session.expiry(idleLifetimeSeconds: sessions.policy.idleLifetimeSeconds)
    }
}
