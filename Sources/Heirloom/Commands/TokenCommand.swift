import ArgumentParser
import Foundation
import StrictCoding
import TokenCore
import TokenSigning
import TokenVerifier

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Tokens: look into one.", subcommands: [Inspect.self])

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Show what a token says and whether this service made it. Never prints a secret.")

        @Argument(
            help: "The token; without it, standard input's first line, which keeps it out of the shell's history.")
        var token: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let text = token ?? readLine(strippingNewline: true) else {
                throw CommandFailure("there is no token")
            }
            let assembly = try await options.assemble()
            if text.hasPrefix(RefreshToken.prefix) {
                try await show(refreshToken: text, assembly)
            } else if text.hasPrefix(ReferenceToken.prefix) {
                try await show(referenceToken: text, assembly)
            } else {
                try await show(accessToken: text, assembly)
            }
        }

        private func show(referenceToken text: String, _ assembly: Assembly) async throws {
            guard let token = ReferenceTokenKeys(assembly.masterKeys).open(text) else {
                throw CommandFailure("this is no opaque access token of this service: its form or its MAC is wrong")
            }
            let left = token.expiresAt - assembly.sessions.clock().seconds
            var state = left > 0 ? "live for another \(left) s" : "expired"
            if left > 0, let session = token.session,
                case .refused(let refusal, _) = try await assembly.sessions.look(up: session)
            {
                state = "\(refusal)"
            }
            Terminal.write("kind        opaque access token")
            Terminal.write("session     \(token.session?.description ?? "none: the client's own")")
            Terminal.write("client      \(token.client)")
            Terminal.write("scope       \(token.scope)")
            Terminal.write("state       \(state)")
        }

        private func show(refreshToken text: String, _ assembly: Assembly) async throws {
            guard let token = assembly.sessions.parse(text) else {
                throw CommandFailure("this is no refresh token of this service: its form or its MAC is wrong")
            }
            let state =
                switch try await assembly.sessions.look(up: token.session) {
                case .granted(let session):
                    token.generation == session.token.generation
                        ? "live, current generation"
                        : "live, at generation \(session.token.generation)"
                case .refused(let refusal, _): "\(refusal)"
                }
            Terminal.write("kind        refresh token")
            Terminal.write("session     \(token.session)")
            Terminal.write("generation  \(token.generation)")
            Terminal.write("state       \(state)")
        }

        private func show(accessToken text: String, _ assembly: Assembly) async throws {
            let parts = text.split(separator: ".", omittingEmptySubsequences: false)
            guard parts.count == 3, let header = Base64URL.decode(parts[0].utf8),
                let claims = Base64URL.decode(parts[1].utf8)
            else { throw CommandFailure("this is no refresh token (hr1_…) and no access token (a JWT, or ha1_…)") }
            Terminal.write(header)
            Terminal.write(claims)
            let ring = try await KeyRing(store: assembly.store, sealer: assembly.sealer)
            let gate = TokenGate(issuer: assembly.configuration.issuer, audience: assembly.configuration.audience)
            do {
                let keys = try await VerificationKeys(jwks: ring.snapshot.jwks)
                let token = try gate.verify(text, keys: keys, at: assembly.sessions.clock().seconds)
                let left = token.expiresAt - assembly.sessions.clock().seconds
                Terminal.say("The signature is this service's; the token lives for another \(left) s.")
            } catch {
                throw CommandFailure("not believed: \(error)")
            }
        }
    }
}
