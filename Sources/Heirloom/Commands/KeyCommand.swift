import ArgumentParser
import StrictCoding
import TokenCore
import TokenHTTP
import TokenSigning

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "Signing keys: list, rotate, revoke, reseal.",
        subcommands: [List.self, Rotate.self, Revoke.self, Reseal.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(abstract: "List the signing keys.")

        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let keys = try await options.assemble().store.signingKeys()
            if json {
                var writer = JSONWriter()
                writer.array { json in for key in keys { json.object { $0.signingKey(key) } } }
                Terminal.write(writer.bytes)
            } else {
                let rows = keys.map {
                    [
                        $0.id, $0.algorithm, $0.state.rawValue, $0.createdAt.description,
                        $0.expiresAt?.description ?? "-",
                    ]
                }
                Terminal.write(table: [["KID", "ALGORITHM", "STATE", "CREATED", "EXPIRES"]] + rows)
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Make the published next key the current one; prints its id. Running servers follow within a second.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard case .changed(let id) = try await options.assemble().signingKeys.rotate(.command) else {
                throw CommandFailure("the key ring did not change")
            }
            Terminal.write(id)
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a key out at once: an emergency. Its tokens fail wherever the key set is fetched again.")

        @Argument(help: "The key's id (kid).") var kid: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard try await options.assemble().signingKeys.revoke(kid) == .revoked else {
                throw CommandFailure("there is no signing key \"\(kid)\"")
            }
            Terminal.say(
                "The key is gone. Verifiers refuse its tokens when they fetch the key set again, after 300 s at the latest."
            )
        }
    }

    struct Reseal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal the signing keys under the master key in force; prints how many were under an older one.",
            discussion: "A start does the same. Part of replacing the master key: see docs/keys.md.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            Terminal.write("\(try await options.assemble().signingKeys.reseal())")
        }
    }
}
