import Accounts
import ArgumentParser
import StrictCoding
import TokenCore
import TokenHTTP

struct UserCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "user",
        abstract: "Add, invite, import, list, rename, disable, delete and unlock users, and set passwords and claims.",
        subcommands: [
            Add.self, List.self, Disable.self, Enable.self, Delete.self, SetPassword.self, Rename.self, Unlock.self,
            UserClaimsCommand.self, UserInviteCommand.self, UserResetCommand.self,
            UserImportCommand.self,
        ])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add", abstract: "Add a user and print the subject id. Asks for the password.")

        @Argument(help: "The name to log in with.") var name: String
        @Flag(help: "Read the password from standard input.") var passwordStdin = false
        @Flag(help: "Print a JSON object.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let accounts = try await options.assemble(mayBeLost: true).accounts()
            let password = try Terminal.password(fromStandardInput: passwordStdin)
            switch try await accounts.create(username: name, password: password) {
            case .created(let user):
                if json {
                    Terminal.write(JSONWriter.object { $0.user(user) })
                } else {
                    Terminal.write(user.id.value)
                }
            case .nameTaken: throw CommandFailure("there is already a user \"\(name)\"")
            case .invalidName:
                throw CommandFailure("\"\(name)\" is not a valid name: a name has \(Username.rule)")
            case .weakPassword(let objection): throw CommandFailure("\(objection)")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the users.")

        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let directory = try await options.assemble().directory
            var users = try await directory.users(limit: 1000)
            while let last = users.last, users.count.isMultiple(of: 1000) {
                let page = try await directory.users(after: UserPosition(behind: last), limit: 1000)
                if page.isEmpty { break }
                users += page
            }
            if json {
                var writer = JSONWriter()
                writer.array { json in for user in users { json.object { $0.user(user) } } }
                Terminal.write(writer.bytes)
            } else {
                let rows = users.map {
                    [
                        $0.account?.username ?? "-", $0.state.rawValue, $0.account?.password == nil ? "no" : "yes",
                        $0.id.value, $0.createdAt.description,
                    ]
                }
                Terminal.write(table: [["NAME", "STATE", "PASSWORD", "SUBJECT", "CREATED"]] + rows)
            }
        }
    }

    struct Disable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "disable", abstract: "Prevent a user from logging in, and end all of the user's sessions.")

        @Argument(help: "The user's name or subject id.") var user: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await set(user, to: .disabled, options) }
    }

    struct Enable: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "enable", abstract: "Allow a disabled user to log in again.")

        @Argument(help: "The user's name or subject id.") var user: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await set(user, to: .active, options) }
    }

    struct Delete: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "delete", abstract: "Delete a user and end all of the user's sessions.",
            discussion: "A user who is added with the same name later is another subject.")

        @Argument(help: "The user's name or subject id.") var user: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws { try await set(user, to: .deleted, options) }
    }

    struct SetPassword: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-password", abstract: "Set a user's password and end all of the user's sessions.")

        @Argument(help: "The user's name or subject id.") var user: String
        @Flag(help: "Read the password from standard input.") var passwordStdin = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let accounts = try await options.assemble().accounts()
            let user = try await accounts.directory.existingUser(user)
            let password = try Terminal.password(fromStandardInput: passwordStdin)
            switch try await accounts.setPassword(of: user, to: password) {
            case .changed:
                Terminal.say("Password set. All of the user's sessions have ended, and failed attempts are forgotten.")
            case .weakPassword(let objection): throw CommandFailure("\(objection)")
            case .wrongPassword, .throttled, .refused, .noPassword:
                throw CommandFailure("\"\(user.id.value)\" is not a user of this service")
            }
        }
    }

    struct Rename: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rename", abstract: "Give a user another name to log in with.",
            discussion: "The subject id, the password and the sessions stay.")

        @Argument(help: "The user's name or subject id.") var user: String
        @Argument(help: "The new name.") var newName: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let directory = try await options.assemble().directory
            let user = try await directory.existingUser(user)
            guard let name = Username(newName) else {
                throw CommandFailure("\"\(newName)\" is not a valid name: a name has \(Username.rule)")
            }
            switch try await directory.rename(user.id, to: name) {
            case .renamed: Terminal.say("\(user.displayName) is \(name.text) now.")
            case .nameTaken: throw CommandFailure("there is already a user \"\(newName)\"")
            case .notFound: throw CommandFailure("there is no user \"\(self.user)\"")
            }
        }
    }

    struct Unlock: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unlock", abstract: "Remove a user's waiting time after failed attempts.",
            discussion: "The limit per address stays in force.")

        @Argument(help: "The user's name or subject id.") var user: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let directory = try await options.assemble().directory
            let user = try await directory.existingUser(user)
            guard try await directory.unlock(user.id) == .unlocked else {
                throw CommandFailure("there is no user \"\(self.user)\"")
            }
            Terminal.say("\(user.displayName) can log in at once.")
        }
    }

    private static func set(_ name: String, to state: SubjectRecord.State, _ options: ConfigurationOptions) async throws
    {
        let directory = try await options.assemble().directory
        let user = try await directory.existingUser(name)
        guard try await directory.setState(of: user.id, to: state) == .done else {
            throw CommandFailure("\"\(name)\" is not a user of this service")
        }
        Terminal.say("\(user.displayName) is \(state.rawValue).")
    }
}
