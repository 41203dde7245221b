import Accounts
import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore

/// `GET /v1/session`, `GET /v1/sessions` and `DELETE /v1/sessions/{id}`: the caller's own sessions.
struct SessionController: Controller {
    let sessions: SessionService
    let authenticator: SessionAuthenticator

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/v1/session", current)
        routes.on(.get, "/v1/sessions", list)
        routes.on(.delete, "/v1/sessions/*", end)
    }

    private func current(_ exchange: Exchange) async throws -> Response {
        let session = try await authenticator.readingSession(of: exchange)
        let isBrowser = try authenticator.cookies(of: exchange) != nil
        return .json { json in
            json.session(session, expiresAt: sessions.expiry(of: session))
            if isBrowser { json.member("csrf_token", authenticator.gate.csrf.token(for: session.id)) }
        }
    }

    /// The first page begins with the caller's own session; the others follow, the newest first. `next` is the value of
    /// `after` for the next page.
    private func list(_ exchange: Exchange) async throws -> Response {
        let own = try await authenticator.readingSession(of: exchange)
        let query = try exchange.query()
        let (limit, start) = (try query.limit(), try query.sessionAfter())
        let isFirst = start == nil
        let page = try await sessions.page(
            of: own.subject.id, after: start, limit: limit - (isFirst ? 1 : 0), except: own.id)
        return .json { json in
            json.member("sessions", each: (isFirst ? [own] : []) + page.sessions) { json, session in
                json.session(session, expiresAt: sessions.expiry(of: session))
                json.member("current", session.id == own.id)
            }
            if let next = page.next { json.member("next", next.description) }
        }
    }

    private func end(_ exchange: Exchange) async throws -> Response {
        let own = try await authenticator.actingSession(of: exchange)
        guard let id = SessionID(exchange.pathParameter) else { throw notFound }
        let outcome = try await sessions.end(
            id, by: .subject(of: own.credential), reason: .endedByOwner, address: exchange.address.text)
        switch outcome {
        case .ended: return .noContent
        case .notFound: throw notFound
        case .refused(let refusal): throw own.credential.failure(refusal)
        }
    }

    private var notFound: Problem { Problem(.notFound, "You have no live session with this id.") }
}
