import Accounts
import Hummingbird
import SessionEngine
import StrictCoding
import TokenCore

/// `GET /admin/v1/events`: the audit trail, the newest event first. `next` is the value of `before` for the next page.
struct AdminEventsController: Controller {
    let accounts: AccountService

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/admin/v1/events", list) }

    private func list(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query()
        let limit = try query.limit()
        var subject: SubjectID?
        if let name = query["subject"] {
            // Events outlive their subject.
            subject = try await accounts.directory.subject(name)?.id ?? SubjectID(name)
        }
        let found = try await accounts.sessions.events(
            of: subject, before: query.number("before", in: 1...Int.max), limit: limit + 1)
        let events = found.prefix(limit)
        return .json { json in
            json.member("events", each: events) { $0.event($1) }
            if found.count > limit, let last = events.last { json.member("next", last.number) }
        }
    }
}
