import Accounts
import ArgumentParser
import StrictCoding
import TokenCore
import TokenHTTP

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user", abstract: "Users: add, list, disable, enable, delete, set a password.",
        subcommands: [Add.self, List.self, Disable.self, Enable.self, Delete.self, SetPassword.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make a user; prints the subject id. Asks for the password.")

        @Argument(help: "The name to log in with.") var name: String
        @Flag(help: "Read the password from standard input.") var passwordStdin = false
        @Flag(help: "Print a JSON object.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let assembly = try await options.assemble()
            let password = try Terminal.password(fromStandardInput: passwordStdin)
            switch try await assembly.accounts().create(username: name, password: password) {
            case .created(let user):
                if json {
                    Terminal.write(JSONWriter.object { $0.user(user) })
                } else {
                    Terminal.write(user.id.value)
                }
            case .nameTaken: throw CommandFailure("there is a user \"\(name)\" already")
            case .invalidName:
                throw CommandFailure(
                    "\"\(name)\" cannot be a name: one has 1 to 128 bytes of printable characters and no space at an end"
                )
            case .weakPassword(let objection): throw CommandFailure(objection)
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the users.")

        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let store = try await options.assemble().store
            var users: [SubjectRecord] = []
            while true {
                let page = try await store.users(after: users.last?.account?.usernameKey ?? "", limit: 1000)
                users += page
                if page.count < 1000 { break }
            }
            if json {
                var writer = JSONWriter()
                writer.array { json in for user in users { json.object { $0.user(user) } } }
                Terminal.write(writer.bytes)
            } else {
                let rows = users.map {
                    [$0.account?.username ?? "", $0.state.rawValue, $0.id.value, $0.createdAt.description]
                }
                Terminal.write(table: [["NAME", "STATE", "SUBJECT", "CREATED"]] + rows)
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Keep a user from logging in, and end every session of theirs now.")

        @Argument(help: "The user's name or subject id.") var user: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await set(user, to: .disabled, options) }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "Let a disabled user log in again.")

        @Argument(help: "The user's name or subject id.") var user: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await set(user, to: .active, options) }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Delete a user and end every session of theirs. The same name made anew is another subject.")

        @Argument(help: "The user's name or subject id.") var user: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await set(user, to: .deleted, options) }
    }

    struct SetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Set a user's password and end every session of theirs.")

        @Argument(help: "The user's name or subject id.") var user: String
        @Flag(help: "Read the password from standard input.") var passwordStdin = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let assembly = try await options.assemble()
            let user = try await assembly.user(user)
            let password = try Terminal.password(fromStandardInput: passwordStdin)
            switch try await assembly.accounts().setPassword(of: user, to: password) {
            case .changed: Terminal.say("The password was set; every session has ended.")
            case .weakPassword(let objection): throw CommandFailure(objection)
            case .wrongPassword, .throttled, .refused, .unknownUser:
                throw CommandFailure("this subject has no password here")
            }
        }
    }

    private static func set(_ name: String, to state: SubjectRecord.State, _ options: ConfigurationOptions) async throws {
        let assembly = try await options.assemble()
        let user = try await assembly.user(name)
        guard try await assembly.sessions.lane.submit(SetUserState(of: user.id, to: state)) == .done else {
            throw CommandFailure("\"\(name)\" is not a user of this service")
        }
        Terminal.say("\(user.account?.username ?? name) is \(state.rawValue).")
    }
}
