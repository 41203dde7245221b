import ArgumentParser
import StrictCoding
import TokenCore
import TokenHTTP

struct SessionCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "session", abstract: "Sessions: list them, end one, end all of a subject's.",
        subcommands: [List.self, Revoke.self, RevokeAll.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List live sessions, the newest first, at most a thousand.")

        @Argument(help: "A user's name or a subject id; without it, everybody's.") var user: String?
        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let assembly = try await options.assemble()
            let subject = if let user { try await assembly.subject(user).id } else { nil as SubjectID? }
            let sessions = try await assembly.sessions.sessions(of: subject)
            if json {
                var writer = JSONWriter()
                writer.array { json in
                    for session in sessions {
                        json.object { $0.session(session, expiresAt: expiry(of: session, assembly)) }
                    }
                }
                Terminal.write(writer.bytes)
            } else {
                let rows = sessions.map { session in
                    [
                        session.record.id.description, session.subject.account?.username ?? session.subject.id.value,
                        session.record.client.value, session.record.device.name ?? "-",
                        session.record.device.address ?? "-", session.token.rotatedAt.description,
                    ]
                }
                Terminal.write(table: [["SESSION", "SUBJECT", "CLIENT", "DEVICE", "ADDRESS", "LAST USED"]] + rows)
            }
        }

        private func expiry(of session: Session, _ assembly: Assembly) -> Timestamp {
            session.expiry(idleLifetimeSeconds: assembly.sessions.policy.idleLifetimeSeconds)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "End one session now.")

        @Argument(help: "The session's id.") var session: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let id = SessionID(session) else {
                throw ValidationError("A session id looks like 0199a1b2-c3d4-7e5f-8a6b-0c1d2e3f4a5b.")
            }
            let lane = try await options.assemble().sessions.lane
            guard try await lane.submit(EndSession(id, reason: .endedByAdministrator)) == .ended else {
                throw CommandFailure("there is no live session \(session)")
            }
            Terminal.say("The session has ended.")
        }
    }

    struct RevokeAll: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke-all", abstract: "End every session of a subject now; prints how many.")

        @Argument(help: "A user's name or a subject id.") var user: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let assembly = try await options.assemble()
            let subject = try await assembly.subject(user).id
            switch try await assembly.sessions.lane.submit(EndAllSessions(by: .administrator(subject))) {
            case .ended(let count): Terminal.write("\(count)")
            case .refused: throw CommandFailure("there is no subject \"\(user)\"")
            }
        }
    }
}
