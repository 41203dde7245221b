import HTTPTypes
import Hummingbird
import NIOCore
import StrictCoding
import TokenCore

/// `GET /v1/revocations`: the revocation feed for confidential clients, as JSON, at once or by long poll, or as a stream of
/// server-sent events.
struct FeedController: Sendable {
    let feed: RevocationFeed
    let clients: ClientAuthentication

    private static let longestWait = 60
    private static let heartbeat = Duration.seconds(15)

    func read(_ exchange: Exchange) async throws -> Response {
        _ = try await clients.confidentialClient(of: exchange)
        let query = try exchange.query()
        let after = try query.number("after", in: 0...Int.max) ?? 0
        let wait = try query.number("wait", in: 0...FeedController.longestWait) ?? 0
        let accepted = exchange.request.headers[values: .accept].joined(separator: ",").lowercased()
        if accepted.contains("text/event-stream") {
            return try stream(after: exchange.request.headers[.lastEventID].flatMap { Int($0) } ?? after)
        }
        // Who does not wait takes nobody's place.
        let waits = wait > 0
        if waits { try feed.admit() }
        defer { if waits { feed.dismiss() } }
        let page = try await feed.lettingGo { try await feed.read(after: after, waiting: .seconds(wait)) }
        return .json { json in
            json.member(
                "revocations",
                array: { json in for entry in page.entries { json.object { $0.revocation(entry) } } })
            json.member("next", page.next)
            json.member("reset", page.reset)
        }
    }

    /// One event an entry, its id the sequence number, so that a reader that comes back with `Last-EventRecord-ID` misses none.
    private func stream(after start: Int) throws -> Response {
        guard feed.hasRoom else { throw Unavailable.overloaded }
        let body = ResponseBody { writer in
            try feed.admit()
            defer { feed.dismiss() }
            var after = start
            try await writer.write(ByteBuffer(string: "retry: 1000\n\n"))
            while !feed.isClosed {
                let position = after
                let page = try await feed.lettingGo {
                    try await feed.read(after: position, waiting: FeedController.heartbeat)
                }
                try await writer.write(FeedController.events(page))
                after = page.next
            }
            try await writer.finish(nil)
        }
        var headers: HTTPFields = [.contentType: "text/event-stream", .cacheControl: "no-store"]
        // nginx would hold events back until it has a buffer full of them.
        headers[.xAccelBuffering] = "no"
        return Response(status: .ok, headers: headers, body: body)
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

extension JSONWriter {
    /// An entry of the feed. `at` and `until` in Unix seconds; `before` in milliseconds, to be compared with the time in a
    /// session's id.
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
        }
        member("at", entry.at.seconds)
        // Rounded up: an entry must not be forgotten too early.
        member("until", Timestamp(milliseconds: entry.until.milliseconds + 999).seconds)
    }
}

extension HTTPField.Name {
    // Constant names that are known to be valid.
    fileprivate static let lastEventID = HTTPField.Name("Last-Event-ID")!
    fileprivate static let xAccelBuffering = HTTPField.Name("X-Accel-Buffering")!
}
