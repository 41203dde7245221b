import ArgumentParser
import SQLiteStore
import StrictCoding
import TokenCore
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
                writer.array { json in
                    for key in keys {
                        json.object { json in
                            json.member("kid", key.id)
                            json.member("algorithm", key.algorithm)
                            json.member("state", key.state.rawValue)
                            json.member("created_at", key.createdAt.description)
                            if let at = key.activatedAt { json.member("activated_at", at.description) }
                            if let at = key.expiresAt { json.member("expires_at", at.description) }
                        }
                    }
                }
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
            guard case .changed(let id) = try await options.assemble().rotateSigningKeys(.command) else {
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
            let assembly = try await options.assemble()
            guard try await assembly.sessions.lane.submit(RevokeSigningKey(kid)) == .revoked else {
                throw CommandFailure("there is no signing key \"\(kid)\"")
            }
            // A revoked current key has been followed by the next one; make another next.
            try await assembly.rotateSigningKeys(.fill)
            Terminal.say(
                "The key is gone. Verifiers refuse its tokens when they fetch the key set again, after 300 s at the latest."
            )
        }
    }

    struct Reseal: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Seal the signing keys under the master key in force; prints how many were under an older one.",
            discussion: "Part of replacing the master key: see docs/keys.md.")

        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            let assembly = try await options.assemble()
            switch try await assembly.sessions.lane.submit(ResealSigningKeys(sealer: assembly.sealer)) {
            case .resealed(let count): Terminal.write("\(count)")
            case .undecryptable(let id): throw KeyFailure.undecryptable(id: id)
            }
        }
    }
}
