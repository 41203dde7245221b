import Accounts
import ArgumentParser
import SessionEngine
import StrictCoding
import TokenCore
import TokenHTTP

struct IdentityCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "identity",
        abstract: "List, link and unlink users' identities at OpenID providers.",
        discussion: """
            An identity is the issuer of a provider and the subject that the provider names, never an e-mail address. \
            The identities of a deleted user stay, so that the person does not become a new user by the next sign-in; \
            they are found by the user's subject id.
            """,
        subcommands: [List.self, Link.self, Unlink.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List a user's identities.")

        @Argument(help: "The user's name or subject id.") var user: String
        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let assembly = try await options.assemble()
            let subject = try await assembly.directory.formerUser(user)
            let identities = try await assembly.identities.identities(of: subject)
            if json {
                var writer = JSONWriter()
                writer.array { json in for identity in identities { json.object { $0.identity(identity) } } }
                Terminal.write(writer.bytes)
            } else {
                let rows = identities.map { record in
                    [
                        record.identity.issuer, record.identity.providerSubject, record.createdAt.description,
                        record.lastUsedAt?.description ?? "-",
                    ]
                }
                Terminal.write(table: [["ISSUER", "SUB", "LINKED", "LAST USED"]] + rows)
            }
        }
    }

    struct Link: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "link", abstract: "Let a user sign in by an identity.")

        @Argument(help: "The user's name or subject id.") var user: String
        @OptionGroup var identity: IdentityArguments
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let identity = try identity.read()
            let assembly = try await options.assemble()
            let user = try await assembly.directory.existingUser(user)
            switch try await assembly.identities.link(identity, by: .administrator(of: user.id)) {
            case .linked: Terminal.say("\(user.displayName) can sign in by this identity.")
            case .linkedToAnother(let subject):
                throw CommandFailure("this identity belongs to the subject \(subject), who may have been deleted")
            case .tooMany:
                throw CommandFailure("a user has at most \(IdentityRecord.maximumPerSubject) identities")
            case .notFound, .used, .refused, .notFresh: throw CommandFailure("there is no user \"\(self.user)\"")
            }
        }
    }

    struct Unlink: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "unlink", abstract: "Take an identity away from a user.",
            discussion: "The last way to sign in stays, except for a user who was deleted. No session ends.")

        @Argument(help: "The user's name or subject id.") var user: String
        @OptionGroup var identity: IdentityArguments
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let identity = try identity.read()
            let assembly = try await options.assemble()
            let subject = try await assembly.directory.formerUser(user)
            switch try await assembly.identities.unlink(identity.id, by: .administrator(of: subject)) {
            case .unlinked: Terminal.say("The identity is not linked any more.")
            case .lastWay:
                throw CommandFailure(
                    "it is the user's last way to sign in; set a name and a password, or link another identity")
            case .notFound, .refused, .notFresh:
                throw CommandFailure("\"\(user)\" does not have this identity")
            }
        }
    }
}
