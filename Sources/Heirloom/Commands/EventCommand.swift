import ArgumentParser
import SessionEngine
import StrictCoding
import TokenCore
import TokenHTTP

struct EventCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "event", abstract: "List the events of the audit trail.", subcommands: [List.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List events of the audit trail, the newest first.",
            discussion: """
                With --follow, the newest events in their order, and then each further event until the command is \
                interrupted.
                """)

        @Option(help: "Only events of this kind, such as login or reuse_detected.") var kind: String?
        @Option(help: "Only events of this subject: a user's name or a subject id.") var subject: String?
        @Option(help: "How many existing events to list at most.") var limit = 100
        @Flag(help: "Keep printing new events.") var follow = false
        @Flag(help: "Print a JSON array; with --follow, one JSON object a line.") var json = false
        @OptionGroup var options: ConfigurationOptions

        private static let pageLength = 1000

        func validate() throws {
            guard limit > 0 else { throw ValidationError("--limit is not a positive number.") }
            if let kind, EventRecord.Kind(known: kind) == nil {
                let kinds = EventRecord.Kind.all.map(\.rawValue).joined(separator: ", ")
                throw ValidationError("\"\(kind)\" is not a kind of events. The kinds are \(kinds).")
            }
        }

        func run() async throws {
            let assembly = try await options.assemble()
            var query = EventQuery(kind: kind.map { EventRecord.Kind(rawValue: $0) })
            if let subject { query.subject = try await assembly.directory.eventSubject(subject) }
            let (newest, isCut) = try await newest(query, assembly.sessions)
            if follow {
                write(lines: newest.reversed())
                try await follow(query, after: newest.first?.number, assembly.sessions)
            } else {
                if json { write(array: newest) } else { write(table: newest) }
                if isCut { Terminal.say("There are older events; --limit shows more of them.") }
            }
        }

        /// The newest events, at most ``limit``, and whether there are older ones.
        private func newest(
            _ query: EventQuery, _ sessions: SessionService
        ) async throws -> (events: [EventRecord], isCut: Bool) {
            var query = query
            var events: [EventRecord] = []
            while events.count <= limit {
                let page = try await sessions.events(query, limit: List.pageLength)
                events += page
                guard page.count == List.pageLength else { break }
                query.before = page.last?.number
            }
            return (Array(events.prefix(limit)), events.count > limit)
        }

        /// Looks for further events, twice a second, until the task is cancelled.
        private func follow(_ query: EventQuery, after number: Int?, _ sessions: SessionService) async throws {
            var query = query
            query.after = number ?? 0
            while true {
                let page = try await sessions.events(query, limit: List.pageLength)
                write(lines: page)
                if let last = page.last { query.after = last.number }
                if page.count < List.pageLength { try await Task.sleep(for: .milliseconds(500)) }
            }
        }

        private func write(array events: [EventRecord]) {
            var writer = JSONWriter()
            writer.array { json in for event in events { json.object { $0.event(event) } } }
            Terminal.write(writer.bytes)
        }

        private func write(table events: [EventRecord]) {
            Terminal.write(
                table: [["NUMBER", "TIME", "KIND", "SUBJECT", "SESSION", "CLIENT", "BY", "ADDRESS", "DETAIL"]]
                    + events.map(List.cells))
        }

        private func write(lines events: [EventRecord]) {
            for event in events {
                if json {
                    Terminal.write(JSONWriter.object { $0.event(event) })
                } else {
                    Terminal.write(table: [List.cells(event)])
                }
            }
        }

        private static func cells(_ event: EventRecord) -> [String] {
            [
                "\(event.number)", event.at.description, event.kind.rawValue, event.subject?.value ?? "-",
                event.session?.description ?? "-", event.client?.value ?? "-", event.actor ?? "-",
                event.address ?? "-", event.detail ?? "-",
            ]
        }
    }
}
