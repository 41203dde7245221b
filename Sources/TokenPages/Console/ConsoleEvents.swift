import Accounts
import HTTPTypes
import SessionEngine
import TokenCore
import TokenHTTP

/// `/console/events`: the audit trail, by kind and by subject.
struct ConsoleEvents: Controller {
    let site: ConsoleSite
    let accounts: AccountService

    private static let pageLength = 50
    private static let refreshSeconds = 5

    private struct Content {
        let events: [ConsoleEventView]
        let kinds: [Kind]
        let subject: String?
        let isFollowing: Bool
        /// The query of the next page; nil for the last one.
        let next: String?
        let isEmpty: Bool
    }

    private struct Kind {
        let name: String
        let isChosen: Bool
    }

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/console/events", show) }

    private func show(_ exchange: Exchange) async throws -> Response {
        let query = try exchange.query()
        let isFollowing = query["follow"] != nil
        return try await site.show(exchange, isUse: !isFollowing) { visit in
            let now = accounts.sessions.clock()
            var wanted = EventQuery(before: try query.number("before", in: 1...Int.max))
            if let name = query["kind"] {
                guard let kind = EventRecord.Kind(known: name) else {
                    throw ConsoleRefusal.noEventKind
                }
                wanted.kind = kind
            }
            let subject = query["subject"]
            if let subject { wanted.subject = try await accounts.directory.subjectID(named: subject) }
            let found = try await accounts.sessions.events(wanted, limit: ConsoleEvents.pageLength + 1)
            let shown = found.prefix(ConsoleEvents.pageLength)
            let next = found.count > shown.count ? shown.last?.number : nil
            return visit.page(
                .consoleEvents, title: visit.console.events,
                refreshSeconds: isFollowing ? ConsoleEvents.refreshSeconds : nil,
                Content(
                    events: shown.map { ConsoleEventView($0, now: now, in: visit.text) },
                    kinds: EventRecord.Kind.all.map { Kind(name: $0.rawValue, isChosen: $0 == wanted.kind) },
                    subject: subject, isFollowing: isFollowing,
                    next: next.map { number in
                        ConsoleLink.query([
                            ("kind", wanted.kind?.rawValue), ("subject", subject), ("before", String(number)),
                        ])
                    },
                    isEmpty: shown.isEmpty))
        }
    }
}
