import Accounts
import ArgumentParser
import TokenCore
import TokenHTTP

/// How long a link is valid, and what the commands print.
struct LinkValidity: ParsableArguments {
    @Option(
        help: """
            How long the link is valid: \(OneTimeLink.hours.lowerBound) to \(OneTimeLink.hours.upperBound) hours.
            """)
    var hours = OneTimeLink.defaultHours

    func validate() throws {
        guard OneTimeLink.hours.contains(hours) else {
            throw ValidationError(
                "--hours is not from \(OneTimeLink.hours.lowerBound) to \(OneTimeLink.hours.upperBound).")
        }
    }

    /// - Throws: ``CommandFailure`` when no link was made.
    func write(_ outcome: AccountService.LinkOutcome, for name: String, _ assembly: Assembly) throws {
        switch outcome {
        case .made(let token, let link):
            Terminal.say("The link works once, until \(link.expiresAt). Send it to \(name) only.")
            Terminal.write(Issuer(assembly.configuration.issuer).url(of: token))
        case .hasPassword: throw CommandFailure("\"\(name)\" has a password; use: heirloom user reset")
        case .noName: throw CommandFailure("\"\(name)\" has no name to sign in with; first run: heirloom user rename")
        case .disabled: throw CommandFailure("\"\(name)\" is disabled; first run: heirloom user enable")
        case .unknownUser: throw CommandFailure("there is no user \"\(name)\"")
        case .invalidName: throw CommandFailure("\"\(name)\" is not a valid name: a name has \(Username.rule)")
        }
    }
}
