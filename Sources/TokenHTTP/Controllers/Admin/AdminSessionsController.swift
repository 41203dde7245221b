import Accounts
import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore

/// `/admin/v1/sessions` and `/admin/v1/subjects/{id}/sessions`: the sessions of all subjects. The path names a subject
/// by its id, byte for byte, and never by a user's name, which may be the id of another subject.
struct AdminSessionsController: Controller {
    let accounts: AccountService

    private var sessions: SessionService { accounts.sessions }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/admin/v1/sessions", list)
        routes.on(.delete, "/admin/v1/sessions/*", end)
        routes.on(.get, "/admin/v1/subjects/*/sessions", listOfSubject)
        routes.on(.delete, "/admin/v1/subjects/*/sessions", endAll)
    }

    /// The live sessions of one subject, or of all, the newest first. `next` is the value of `after` for the next page.
    private func list(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(of: ["subject", "limit", "after"])
        guard let name = query["subject"] else { return try await page(of: nil, query) }
        return try await page(of: try await accounts.directory.subjectID(named: name), query)
    }

    private func listOfSubject(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(of: ["limit", "after"])
        return try await page(of: try await subject(of: exchange).id, query)
    }

    private func end(_ exchange: Exchange) async throws -> Response {
        guard let id = SessionID(exchange.pathParameter) else { throw noSession }
        let outcome = try await sessions.end(
            id, by: .administrator, reason: .endedByAdministrator, address: exchange.address.text)
        guard outcome == .ended else { throw noSession }
        return .noContent
    }

    private func endAll(_ exchange: Exchange) async throws -> Response {
        let subject = try await subject(of: exchange)
        switch try await sessions.endAll(by: .administrator(of: subject.id), address: exchange.address.text) {
        case .ended(let count): return .json { $0.member("revoked_sessions", count) }
        case .refused: throw noSubject
        }
    }

    private func subject(of exchange: Exchange) async throws -> SubjectRecord {
        guard let subject = try await accounts.directory.subject(SubjectID(exchange.name())) else { throw noSubject }
        return subject
    }

    private func page(of subject: SubjectID?, _ query: FormFields) async throws -> Response {
        let page = try await sessions.page(of: subject, after: query.sessionAfter(), limit: query.limit())
        return .json { json in
            json.member("sessions", each: page.sessions) { json, session in
                json.session(session, expiresAt: sessions.expiry(of: session))
            }
            if let next = page.next { json.member("next", next.description) }
        }
    }

    private var noSession: Problem { Problem(.notFound, "There is no live session with this id.") }
    private var noSubject: Problem { Problem(.notFound, "There is no subject with this id.") }
}
