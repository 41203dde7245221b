import Accounts
import ArgumentParser
import StrictCoding
import TokenCore

struct UserClaimsCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "claims",
        abstract: "Set the claims that a user's access tokens carry besides the registered ones, or print them.",
        discussion: """
            Access tokens have the new claims from the next refresh on. With --now, APIs that follow the revocation \
            feed refuse access tokens issued before, so that they are refreshed at once. No session ends.
            """)

    @Argument(help: "The user's name, or a subject id.") var user: String
    @Argument(help: "A JSON object that replaces the claims, {} for none. Without it, prints them.")
    var claims: String?
    @Flag(help: "Have access tokens issued before refreshed at once.") var now = false
    @OptionGroup var options: ConfigurationOptions

    func validate() throws {
        if now, claims == nil { throw ValidationError("--now needs the claims to set.") }
    }

    func run() async throws {
        let claims = try claims.map { try read($0) }
        let directory = try await options.assemble().directory
        let subject = try await directory.existingSubject(user)
        guard let claims else { return Terminal.write(subject.claims?.text ?? "{}") }
        let outcome = try await directory.setClaims(of: .any(subject.id), to: claims, isImmediate: now)
        guard case .set = outcome else { throw CommandFailure("there is no user or subject \"\(user)\"") }
        let done = claims == nil ? "Claims removed." : "Claims set."
        Terminal.say(
            now
                ? "\(done) APIs that follow the feed refuse access tokens issued before."
                : "\(done) Access tokens show this from the next refresh on.")
    }

    /// - Throws: ``CommandFailure``
    private func read(_ text: String) throws -> Claims? {
        do {
            return try Claims.checking(try JSONReader.read(Array(text.utf8)))
        } catch {
            throw CommandFailure("the claims are refused: \(error)")
        }
    }
}
