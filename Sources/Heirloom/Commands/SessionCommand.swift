import ArgumentParser
import SessionEngine
import StrictCoding
import TokenCore
import TokenHTTP

struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "List and end sessions.",
        subcommands: [List.self, Revoke.self, RevokeAll.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the live sessions, the newest first.")

        @Argument(help: "A user's name or a subject id. Without it, the sessions of all subjects.") var user: String?
        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let assembly = try await options.assemble()
            let subject =
                if let user { try await assembly.directory.existingSubject(user).id } else { nil as SubjectID? }
            let sessions = try await live(of: subject, assembly.sessions)
            if json {
                var writer = JSONWriter()
                writer.array { json in
                    for session in sessions {
                        json.object { $0.session(session, expiresAt: assembly.sessions.expiry(of: session)) }
                    }
                }
                Terminal.write(writer.bytes)
            } else {
                let rows = sessions.map { session in
                    [
                        session.id.description, session.subject.displayName,
                        session.record.client.value, session.record.device?.name ?? "-",
                        session.record.device?.address ?? "-", session.token.rotatedAt.description,
                    ]
                }
                Terminal.write(table: [["SESSION", "SUBJECT", "CLIENT", "DEVICE", "ADDRESS", "LAST USED"]] + rows)
            }
        }
    }

    /// All pages.
    private static func live(of subject: SubjectID?, _ sessions: SessionService) async throws -> [Session] {
        var live: [Session] = []
        var next: SessionID?
        repeat {
            let page = try await sessions.page(of: subject, after: next, limit: 1000)
            live += page.sessions
            next = page.next
        } while next != nil
        return live
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "revoke", abstract: "End one session.")

        @Argument(help: "The session id.") var session: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let id = SessionID(session) else {
                throw ValidationError("A session id looks like 0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b.")
            }
            let sessions = try await options.assemble().sessions
            guard try await sessions.end(id, by: .administrator, reason: .endedByAdministrator) == .ended else {
                throw CommandFailure("there is no open session \(session)")
            }
            Terminal.say("Session ended.")
        }
    }

    struct RevokeAll: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-all", abstract: "End all sessions of a subject and print their number.")

        @Argument(help: "A user's name or a subject id.") var user: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let assembly = try await options.assemble()
            let subject = try await assembly.directory.existingSubject(user).id
            switch try await assembly.sessions.endAll(by: .administrator(of: subject)) {
            case .ended(let count): Terminal.write("\(count)")
            case .refused: throw CommandFailure("there is no subject \"\(user)\"")
            }
        }
    }
}
