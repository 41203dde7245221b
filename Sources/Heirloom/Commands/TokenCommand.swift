import ArgumentParser
import SessionEngine
import StrictCoding
import TokenCore
import TokenSigning
import TokenVerifier

struct TokenCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "token", abstract: "Inspect tokens.", subcommands: [Inspect.self])

    struct Inspect: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "inspect",
            abstract: "Print what a token contains and whether this service issued it. Secrets are not printed.")

        @Argument(help: "The token. Without it, the first line of standard input, which no shell history keeps.")
        var token: String?
        @OptionGroup var options: ConfigurationOptions

        func run() async throws {
            guard let text = token ?? readLine(strippingNewline: true) else {
                throw CommandFailure("no token was given")
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
                throw CommandFailure("this is not an opaque access token of this service: its form or its MAC is wrong")
            }
            let left = token.expiresAt - assembly.sessions.clock().seconds
            var state = left > 0 ? "live for another \(left) s" : "expired"
            if left > 0, let session = token.session,
                case .refused(let refusal, _) = try await assembly.sessions.status(of: session)
            {
                state = "\(refusal)"
            }
            Terminal.write("kind        opaque access token")
            Terminal.write("session     \(token.session?.description ?? "none (a client's own token)")")
            Terminal.write("client      \(token.client)")
            Terminal.write("scope       \(token.scope)")
            Terminal.write("state       \(state)")
        }

        private func show(refreshToken text: String, _ assembly: Assembly) async throws {
            guard let token = assembly.sessions.parse(text) else {
                throw CommandFailure("this is not a refresh token of this service: its form or its MAC is wrong")
            }
            let state =
                switch try await assembly.sessions.status(of: token.session) {
                case .live(let session):
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
            else {
                throw CommandFailure("this is neither a refresh token (hr1_…) nor an access token (a JWT or ha1_…)")
            }
            // Nobody has checked the signature yet.
            for part in [header, claims] { Terminal.write(TerminalText.escaped(String(decoding: part, as: UTF8.self))) }
            let ring = try await assembly.keyRing()
            let gate = TokenGate(issuer: assembly.configuration.issuer, audience: assembly.configuration.audience)
            do {
                let keys = try await VerificationKeys(jwks: ring.snapshot.jwks)
                let token = try gate.verify(text, keys: keys, at: assembly.sessions.clock().seconds)
                let left = token.expiresAt - assembly.sessions.clock().seconds
                Terminal.say("The signature is valid. The token expires in \(left) s.")
            } catch {
                throw CommandFailure("the token is not valid: \(error)")
            }
        }
    }
}
