import Accounts
import Hummingbird
import StrictCoding
import TokenCore

/// `GET /v1/session`, `GET /v1/sessions`, `DELETE /v1/sessions/{id}`: a person's own sessions.
struct SessionController: Sendable {
    let sessions: SessionService
    let credentials: Credentials
    let csrf: CSRFTokens

    func current(_ exchange: Exchange) async throws -> Response {
        let family = try await credentials.liveSession(of: exchange)
        let isBrowser = try credentials.cookies(of: exchange) != nil
        return .json { json in
            json.session(family, expiresAt: expiry(of: family))
            if isBrowser { json.member("csrf_token", csrf.token(for: family.session.id)) }
        }
    }

    func list(_ exchange: Exchange) async throws -> Response {
        let own = try await credentials.liveSession(of: exchange)
        let families = try await sessions.sessions(of: own.subject.id)
        return .json { json in
            json.member(
                "sessions",
                array: { json in
                    for family in families {
                        json.object { json in
                            json.session(family, expiresAt: expiry(of: family))
                            json.member("current", family.session.id == own.session.id)
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

    private func expiry(of family: Family) -> Timestamp {
        family.expiry(idleLifetimeSeconds: sessions.policy.idleLifetimeSeconds)
    }
}
