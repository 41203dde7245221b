import ArgumentParser
import StrictCoding
import TokenCore
import TokenHTTP
import TokenSigning

struct KeyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "key", abstract: "List, rotate, revoke and reseal signing keys.",
        subcommands: [List.self, Rotate.self, Revoke.self, Reseal.self])

    struct List: AsyncParsableCommand {
        static let configuration = CommandConfiguration(commandName: "list", abstract: "List the signing keys.")

        @Flag(help: "Print a JSON array.") var json = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let keys = try await options.assemble().signingKeys.keys()
            if json {
                var writer = JSONWriter()
                writer.array { json in for key in keys { json.object { $0.signingKey(key) } } }
                Terminal.write(writer.bytes)
            } else {
                let rows = keys.map {
                    [
                        $0.id.value, $0.algorithm.rawValue, $0.state.rawValue, $0.createdAt.description,
                        $0.expiresAt?.description ?? "-",
                    ]
                }
                Terminal.write(table: [["KID", "ALGORITHM", "STATE", "CREATED", "EXPIRES"]] + rows)
            }
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "rotate", abstract: "Make the next key the current one and print its id.",
            discussion: """
                Running servers sign with it within a second. A next key that was published less than \
                \(RotateSigningKeys.fetchSeconds) s ago is refused: verifiers may not have fetched it yet.
                """)

        @Flag(help: "Use the next key even when verifiers may not have fetched it yet.") var force = false
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            switch try await options.assemble().signingKeys.rotate(force ? .force : .command) {
            case .changed(let id): Terminal.write(id.value)
            case .unchanged: throw CommandFailure("the key ring did not change")
            case .tooEarly(let secondsLeft):
                throw CommandFailure(
                    "the next key was published a short time ago, and verifiers may not have fetched it yet; wait "
                        + "\(secondsLeft) s, or use --force")
            }
        }
    }

    struct Revoke: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "revoke", abstract: "Remove a key at once, in an emergency.",
            discussion: "Verifiers refuse its tokens as soon as they fetch the key set again.")

        @Argument(help: "The key id (kid).") var kid: String
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard try await options.assemble().signingKeys.revoke(SigningKeyID(kid)) == .revoked else {
                throw CommandFailure("there is no signing key \"\(kid)\"")
            }
            Terminal.say(
                "Key removed. Verifiers refuse its tokens after they fetch the key set again, within "
                    + "\(RotateSigningKeys.fetchSeconds) s.")
        }
    }

    struct Reseal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "reseal",
            abstract:
                "Seal the signing keys under the current master key and print how many had a previous one.",
            discussion:
                "Every start of the service does the same. It is a step of replacing the master key: see docs/keys.md.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            Terminal.write("\(try await options.assemble().signingKeys.reseal())")
        }
    }
}
