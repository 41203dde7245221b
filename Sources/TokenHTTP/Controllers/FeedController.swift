import HTTPTypes
import NIOCore
import SessionEngine
import StrictCoding
import TokenCore

/// `GET /v1/revocations`: the revocation feed for confidential clients with the permission `feed`, as JSON at once or
/// by long poll, or as a stream of server-sent events.
struct FeedController: Controller {
    let feed: RevocationFeed
    let clients: ClientAuthenticator

    /// Shorter than the usual minute after which a proxy gives up.
    private static let longestWaitSeconds = 55
    private static let heartbeat = Duration.seconds(15)

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/v1/revocations", read) }

    private func read(_ exchange: Exchange) async throws -> Response {
        let client = try await clients.confidentialClient(of: exchange, permitted: .feed).id
        let query = try exchange.query()
        let after = try query.number("after", in: 0...Int.max) ?? 0
        let wait = min(try query.number("wait", in: 0...Int.max) ?? 0, FeedController.longestWaitSeconds)
        if exchange.request.headers[values: .accept].contains(where: { $0.utf8.containsWord("text/event-stream") }) {
            return try stream(to: client, after: try exchange.lastEventID() ?? after, exchange)
        }
        // Only readers that wait are limited in number.
        if wait > 0 { try feed.admit(client) }
        defer { if wait > 0 { feed.dismiss(client) } }
        let page = try await exchange.unlessClientLeaves {
            try await feed.read(after: after, waiting: .seconds(wait))
        }
        return .json { json in
            json.member("revocations", each: page?.entries ?? []) { $0.revocation($1) }
            json.member("next", page?.next ?? after)
            json.member("reset", page?.reset ?? false)
        }
    }

    /// One event for each entry, with the entry's sequence number as its id. A reader that connects again with
    /// `Last-Event-ID` misses no entry.
    private func stream(to client: ClientID, after start: Int, _ exchange: Exchange) throws -> Response {
        try feed.admit(client)
        let place = Place { [feed] in feed.dismiss(client) }
        // nginx would collect events in a buffer before it forwards them.
        let headers: HeaderFields = [
            .contentType: "text/event-stream", .cacheControl: "no-store", .xAccelBuffering: "no",
        ]
        return Response(status: .ok, headers: headers) { answer in
            defer { withExtendedLifetime(place) {} }
            var after = start
            try await answer.write(ByteBuffer(string: "retry: 1000\n\n"))
            while !feed.isClosed {
                let position = after
                let page = try await exchange.unlessClientLeaves {
                    try await feed.read(after: position, waiting: FeedController.heartbeat)
                }
                guard let page else { break }
                try await answer.write(FeedController.events(page))
                after = page.next
            }
        }
    }

    /// A reader's place, given back when the answer is over, or dropped, as for HEAD.
    private final class Place: Sendable {
        private let dismiss: @Sendable () -> Void

        init(dismiss: @escaping @Sendable () -> Void) { self.dismiss = dismiss }

        deinit { dismiss() }
    }

    private static func events(_ page: RevocationFeed.Page) -> ByteBuffer {
        var text = page.reset ? "event: reset\ndata: {}\n\n" : ""
        for entry in page.entries {
            let data = String(decoding: JSONWriter.object { $0.revocation(entry) }, as: UTF8.self)
            text += "id: \(entry.sequence)\nevent: revocation\ndata: \(data)\n\n"
        }
        return ByteBuffer(string: text.isEmpty ? ": nothing new\n\n" : text)
    }
}

extension Exchange {
    /// The id of the last event that a reader of a stream has (HTML Standard §9.2.4); nil when it names none.
    ///
    /// - Throws: `invalid_request` for anything that no event of this service has.
    fileprivate func lastEventID() throws -> Int? {
        guard let text = request.headers[.lastEventID], !text.isEmpty else { return nil }
        guard text.utf8.first != UInt8(ascii: "+"), let id = Int(text), id >= 0 else {
            throw Problem(.invalidRequest, "Last-Event-ID is not the id of an event of this feed.")
        }
        return id
    }
}

extension JSONWriter {
    /// An entry of the feed. `at` and `until` are Unix seconds. `before` is compared with the time in a session id, in
    /// milliseconds, or for claims with `iat`, in seconds.
    fileprivate mutating func revocation(_ entry: RevocationRecord) {
        member("sequence", entry.sequence)
        switch entry.target {
        case .session(let id):
            member("kind", "session")
            member("id", id.description)
        case .subject(let id, let before):
            member("kind", "subject")
            member("id", id.value)
            member("before", Int(before.milliseconds))
        case .claims(let id, let before):
            member("kind", "claims")
            member("id", id.value)
            member("before", before.seconds)
        }
        member("at", entry.at.seconds)
        // Rounded up: a verifier must not forget the entry too early.
        member("until", Timestamp(milliseconds: entry.until.milliseconds + 999).seconds)
    }
}
