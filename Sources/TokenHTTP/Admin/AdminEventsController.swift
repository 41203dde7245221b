import Accounts
import Hummingbird
import StrictCoding
import TokenCore

/// `GET /admin/v1/events`: the audit trail, the newest first; `next` is where to go on with `before`.
struct AdminEventsController: Sendable {
    let sessions: SessionService

    func addRoutes(to routes: inout RouteTable, gate: AdminGate) {
        routes.on(.get, "/admin/v1/events", gate.guarding(list))
    }

    func list(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query()
        let limit = try query.limit()
        var subject: SubjectID?
        if let name = query["subject"] {
            // The trail outlives whom it speaks of.
            subject = try await sessions.subject(name)?.id ?? SubjectID(name)
        }
        let found = try await sessions.store.events(
            of: subject, before: query.number("before", in: 1...Int.max), limit: limit + 1)
        let events = found.prefix(limit)
        return .json { json in
            json.member("events", array: { json in for event in events { json.object { $0.event(event) } } })
            if found.count > limit, let last = events.last { json.member("next", last.number) }
        }
    }
}
