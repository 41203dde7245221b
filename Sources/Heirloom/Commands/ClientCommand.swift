import ArgumentParser
import Foundation
import SessionEngine
import StrictCoding
import TokenCore
import TokenHTTP

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Add, list and remove clients, and replace their secrets and keys.",
        subcommands: [Add.self, List.self, Remove.self, RotateSecret.self, SetKeys.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register a client. A confidential client's secret is printed once; only its hash is stored.")

        @Argument(help: "The name of the client (client_id).") var name: String
        @Flag(help: "Give the client a secret, which it must show whenever it uses its tokens.") var confidential =
            false
        @Option(help: "A file with a JWK set: public keys for signed assertions (private_key_jwt) instead of a secret.")
        var jwksFile: String?
        @Option(help: "The format of its access tokens: jwt or opaque.")
        var accessTokenFormat = ClientRecord.AccessTokenFormat.jwt
        @Option(parsing: .upToNextOption, help: "The scopes that its tokens may have. Without it, any.")
        var scope: [String] = []
        @Flag(help: "Print a JSON object.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let allowed = Scope(scope.joined(separator: " ")) else {
                throw CommandFailure("\"\(scope.joined(separator: " "))\" is not a scope (RFC 6749 §3.3)")
            }
            let keys = if let jwksFile { try await keys(in: jwksFile) } else { nil as ClientKeys? }
            let registration = ClientService.Registration(
                name: name, isConfidential: confidential, jwks: keys?.jwks, accessTokenFormat: accessTokenFormat,
                allowedScope: allowed.isEmpty ? nil : allowed)
            switch try await options.assemble(mayBeLost: true).clients.add(registration) {
            case .added(let client, let secret): write(secret, of: client.id, json: json)
            case .nameTaken: throw CommandFailure("there is already a client \"\(name)\"")
            case .invalidName:
                throw CommandFailure("a client's name has 1 to 64 letters, digits, dots, underscores and hyphens")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the clients. The built-in public client \"web\" is not listed.")

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
                        client.accessTokenFormat.rawValue, client.allowedScope?.description ?? "any",
                        client.createdAt.description,
                    ]
                }
                Terminal.write(table: [["CLIENT", "TYPE", "FORMAT", "SCOPE", "CREATED"]] + rows)
            }
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Remove a client. Its sessions end; its access tokens stay valid until they expire.")

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

extension ClientRecord.AccessTokenFormat: ExpressibleByArgument {}
