import ArgumentParser
import Foundation
import SessionEngine
import StrictCoding
import TokenCore
import TokenHTTP

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Add, list and remove clients, and change their rights, secrets and keys.",
        subcommands: [Add.self, Set.self, List.self, Remove.self, RotateSecret.self, SetKeys.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "add",
            abstract: "Register a client. A confidential client's secret is printed once; only its hash is stored.")

        @Argument(help: "The name of the client (client_id).") var name: String
        @Flag(help: "Give the client a secret, which it must show whenever it uses its tokens.") var confidential =
            false
        @Option(help: "A file with a JWK set: public keys for signed assertions (private_key_jwt) instead of a secret.")
        var jwksFile: String?
        @OptionGroup var settings: ClientOptions
        @Flag(help: "Print a JSON object.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let keys = if let jwksFile { try await keys(in: jwksFile) } else { nil as ClientKeys? }
            let registration = ClientService.Registration(
                name: name, isConfidential: confidential, jwks: keys?.jwks, settings: try settings.settings())
            switch try await options.assemble(mayBeLost: true).clients.add(registration) {
            case .added(let client, let secret): write(secret, of: client.id, json: json)
            case .nameTaken: throw CommandFailure("there is already a client \"\(name)\"")
            case .invalidName:
                throw CommandFailure("a client's name has 1 to 64 letters, digits, dots, underscores and hyphens")
            case .invalid(let mistake): throw CommandFailure("\(mistake)")
            }
        }
    }

    struct Set: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set", abstract: "Change what a client may do. What is not named stays as it is.",
            discussion: """
                Open sessions keep their scope and the end of their absolute lifetime; an idle lifetime and a retry \
                window concern them too. The built-in client for browsers is "web".
                """)

        @Argument(help: "The name of the client.") var name: String
        @OptionGroup var settings: ClientOptions
        @Flag(help: "Print a JSON object.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func validate() throws {
            if settings.isEmpty { throw ValidationError("Name what to change, for example --scope \"read write\".") }
        }

        func run() async throws {
            switch try await options.assemble().clients.set(ClientID(name), to: try settings.settings()) {
            case .set(let client):
                if json { Terminal.write(JSONWriter.object { $0.client(client) }) }
                Terminal.say("Client changed.")
            case .notFound: throw CommandFailure("there is no client \"\(name)\"")
            case .invalid(let mistake): throw CommandFailure("\(mistake)")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "list", abstract: "List the clients, the built-in public client \"web\" among them.")

        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let clients = try await options.assemble().clients.clients()
            if json {
                var writer = JSONWriter()
                writer.array { json in for client in clients { json.object { $0.client(client) } } }
                Terminal.write(writer.bytes)
            } else {
                let rows = clients.map { client in
                    [
                        client.id.value, client.isConfidential ? "confidential" : "public",
                        client.accessTokenFormat.rawValue, shown(client.allowedScope?.description ?? "any"),
                        shown(client.isConfidential ? client.permissionNames.joined(separator: ",") : ""),
                        client.limits.idleLifetimeSeconds.map(String.init) ?? "-",
                        client.limits.absoluteLifetimeSeconds.map(String.init) ?? "-",
                        client.limits.retryWindowSeconds.map(String.init) ?? "-",
                        client.requiresProof ? "demanded" : "-",
                        client.id == .web ? "-" : client.createdAt.description,
                    ]
                }
                let head = [
                    "CLIENT", "TYPE", "FORMAT", "SCOPE", "PERMISSIONS", "IDLE", "ABSOLUTE", "RETRY", "PROOFS",
                    "CREATED",
                ]
                Terminal.write(table: [head] + rows)
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "remove", abstract: "Remove a client. Its sessions end.",
            discussion: """
                Verifiers that follow the revocation feed refuse the client's own access tokens. Those of its sessions \
                stay valid there until they expire.
                """)

        @Argument(help: "The name of the client.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard try await options.assemble().clients.remove(ClientID(name)) == .removed else {
                throw CommandFailure("there is no client \"\(name)\" that can be removed")
            }
            Terminal.say("Client removed.")
        }
    }

    struct RotateSecret: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-secret",
            abstract: "Give a confidential client a new secret and print it once. The previous secret stays valid.",
            discussion: "After two rotations, a leaked secret is not valid any more.")

        @Argument(help: "The name of the client.") var name: String
        @Flag(help: "Print a JSON object.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let secret = try await options.assemble().clients.rotateSecret(of: ClientID(name)) else {
                throw CommandFailure("there is no confidential client \"\(name)\"")
            }
            write(secret, of: ClientID(name), json: json)
        }
    }

    struct SetKeys: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "set-keys",
            abstract: "Replace the public keys of a confidential client, which verify its assertions.",
            discussion: "To replace a key without interruption: set both, change the client, set the new one alone.")

        @Argument(help: "The name of the client.") var name: String
        @Option(help: "A file with a JWK set of public keys.") var jwksFile: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let keys = try await keys(in: jwksFile)
            guard try await options.assemble().clients.setKeys(of: ClientID(name), to: keys.jwks) == .set else {
                throw CommandFailure("there is no confidential client \"\(name)\"")
            }
            Terminal.say("Keys replaced.")
        }
    }

    private static func shown(_ text: String) -> String { text.isEmpty ? "-" : text }

    private static func keys(in file: String) async throws -> ClientKeys {
        guard let text = FileManager.default.contents(atPath: file) else {
            throw CommandFailure("\(file) cannot be read")
        }
        do { return try await ClientKeys(text: Array(text)) } catch let mistake as ClientKeys.Mistake {
            throw CommandFailure("\(file): \(mistake)")
        }
    }

    private static func write(_ secret: ClientSecret?, of id: ClientID, json: Bool) {
        if json {
            Terminal.write(
                JSONWriter.object { json in
                    json.member("client_id", id.value)
                    if let secret { json.member("client_secret", secret.plaintext) }
                })
        } else {
            Terminal.write(secret?.plaintext ?? id.value)
            if secret != nil { Terminal.say("This is the secret of \(id). It is not shown again.") }
        }
    }
}
