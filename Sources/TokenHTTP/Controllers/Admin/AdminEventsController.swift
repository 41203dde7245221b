import Accounts
import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore

/// `GET /admin/v1/events`: the audit trail, the newest event first. `next` is the value of `before` for the next page.
///
/// With `after`, the events that follow this number, the oldest first, for those who follow the audit trail. `next` is
/// then the value of `after` for the next page.
struct AdminEventsController: Controller {
    let accounts: AccountService

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/admin/v1/events", list) }

    private func list(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query(of: ["subject", "kind", "after", "before", "limit"])
        let limit = try query.limit()
        var wanted = EventQuery(
            kind: try query["kind"].map(kind), after: try query.number("after", in: 0...Int.max),
            before: try query.number("before", in: 1...Int.max))
        if let name = query["subject"] { wanted.subject = try await accounts.directory.subjectID(named: name) }
        let found = try await accounts.sessions.events(wanted, limit: limit + 1)
        let events = found.prefix(limit)
        return .json { json in
            json.member("events", each: events) { $0.event($1) }
            if found.count > limit, let last = events.last { json.member("next", last.number) }
        }
    }

    private func kind(_ name: String) throws -> EventRecord.Kind {
        guard let kind = EventRecord.Kind(known: name) else {
            throw Problem(.invalidRequest, "\"kind\" is not a kind of events.")
        }
        return kind
    }
}
