import ArgumentParser
import Foundation
import SQLiteStore
import StrictCoding
import TokenCore
import TokenHTTP

struct ClientCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "client", abstract: "Clients: add, list, remove, change a secret or keys.",
        subcommands: [Add.self, List.self, Remove.self, RotateSecret.self, SetKeys.self])

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Register a client. A confidential one's secret is printed, once: only its hash is kept.")

        @Argument(help: "The client's name (client_id).") var name: String
        @Flag(help: "Give it a secret, which it must show at every use of its tokens.") var confidential = false
        @Option(help: "A JWK set of public keys: it signs assertions (private_key_jwt) instead of showing a secret.")
        var jwksFile: String?
        @Option(help: "What its access tokens are: jwt or opaque.")
        var accessTokenFormat = ClientRecord.AccessTokenFormat.jwt
        @Option(parsing: .upToNextOption, help: "The scope its tokens may carry; without it, any.")
        var scope: [String] = []
        @Flag(help: "Print a JSON object.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let allowed = Scope(scope.joined(separator: " ")) else {
                throw CommandFailure("\"\(scope.joined(separator: " "))\" is no scope (RFC 6749 §3.3)")
            }
            let keys = if let jwksFile { try await keys(in: jwksFile) } else { nil as ClientKeys? }
            let application = ClientService.Application(
                name: name, isConfidential: confidential, jwks: keys?.jwks, accessTokenFormat: accessTokenFormat,
                allowedScope: allowed.isEmpty ? nil : allowed)
            switch try await options.assemble().clients.add(application) {
            case .added(let client, let secret): write(secret, of: client.id, json: json)
            case .nameTaken: throw CommandFailure("there is a client \"\(name)\" already")
            case .invalidName:
                throw CommandFailure("a client's name has 1 to 64 letters, digits, dots, underscores and hyphens")
            }
        }
    }

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "List the clients beside the built-in public client \"web\".")

        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let clients = try await options.assemble().store.clients()
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
            abstract: "Remove a client. Its sessions refresh no more; access tokens it holds run out.")

        @Argument(help: "The client's name.") var name: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard try await options.assemble().clients.remove(ClientID(name)) == .removed else {
                throw CommandFailure("there is no client \"\(name)\" that could be removed")
            }
            Terminal.say("The client is gone.")
        }
    }

    struct RotateSecret: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate-secret",
            abstract: "Give a confidential client a new secret and print it, once. The one before it stays valid.",
            discussion: "A secret that has leaked is gone after two rotations.")

        @Argument(help: "The client's name.") var name: String
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
            abstract: "Replace the public keys with which a confidential client signs its assertions.",
            discussion: "To change a key without an outage: set both, change the client, set the new one alone.")

        @Argument(help: "The client's name.") var name: String
        @Option(help: "A JWK set of public keys.") var jwksFile: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let keys = try await keys(in: jwksFile)
            guard try await options.assemble().clients.setKeys(of: ClientID(name), to: keys.jwks) == .set else {
                throw CommandFailure("there is no confidential client \"\(name)\"")
            }
            Terminal.say("The keys of \(name) were replaced.")
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
            if secret != nil { Terminal.say("This is the secret of \(id); it is not shown again.") }
        }
    }
}

extension ClientRecord.AccessTokenFormat: ExpressibleByArgument {}
