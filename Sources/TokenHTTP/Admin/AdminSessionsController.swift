import Accounts
import Hummingbird
import StrictCoding
import TokenCore

/// `/admin/v1/sessions` and `/admin/v1/subjects/{id}/sessions`: anybody's sessions.
struct AdminSessionsController: Sendable {
    let sessions: SessionService

    func addRoutes(to routes: inout RouteTable, gate: AdminGate) {
        routes.on(.get, "/admin/v1/sessions", gate.guarding(list))
        routes.on(.delete, "/admin/v1/sessions/*", gate.guarding(end))
        routes.on(.get, "/admin/v1/subjects/*/sessions", gate.guarding(listOfSubject))
        routes.on(.delete, "/admin/v1/subjects/*/sessions", gate.guarding(endAll))
    }

    /// The live ones, the newest first; of one subject or of everybody.
    func list(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query()
        let limit = try query.limit(by: Exchange.longestPage)
        guard let name = query["subject"] else { return answer(try await sessions.sessions(of: nil).prefix(limit)) }
        guard let subject = try await sessions.subject(name) else { return answer([]) }
        return answer(try await sessions.sessions(of: subject.id).prefix(limit))
    }

    func listOfSubject(_ exchange: Exchange) async throws -> Response {
        answer(try await sessions.sessions(of: try await subject(of: exchange).id)[...])
    }

    func end(_ exchange: Exchange) async throws -> Response {
        guard let id = SessionID(exchange.pathParameter) else { throw noSession }
        let command = EndSession(id, reason: .endedByAdministrator, address: exchange.address.text)
        guard try await sessions.lane.submit(command) == .ended else { throw noSession }
        return .noContent
    }

    func endAll(_ exchange: Exchange) async throws -> Response {
        let subject = try await subject(of: exchange)
        let command = EndAllSessions(by: .administrator(subject.id), address: exchange.address.text)
        switch try await sessions.lane.submit(command) {
        case .ended(let count): return .json { $0.member("revoked_sessions", count) }
        case .refused: throw noSubject
        }
    }

    private func subject(of exchange: Exchange) async throws -> SubjectRecord {
        guard let subject = try await sessions.subject(exchange.name()) else { throw noSubject }
        return subject
    }

    private func answer(_ sessions: ArraySlice<Session>) -> Response {
        .json { json in
            json.member(
                "sessions",
                array: { json in
                    for session in sessions {
                        let expiry = session.expiry(idleLifetimeSeconds: sessions.policy.idleLifetimeSeconds)
                        json.object { $0.session(session, expiresAt: expiry) }
                    }
                })
        }
    }

    private var noSession: Problem { Problem(.notFound, "There is no live session with this id.") }
    private var noSubject: Problem { Problem(.notFound, "There is no such subject.") }
}
