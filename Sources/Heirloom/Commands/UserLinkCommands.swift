import Accounts
import ArgumentParser
import TokenCore
import TokenHTTP

struct UserInviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Print a link by which a person sets the first password of a user, once.",
        discussion: "Adds the user if there is none of this name. A newer link voids an earlier one.")

    @Argument(help: "The name to log in with, or the subject id of a user without a password.") var name: String
    @OptionGroup var validity: LinkValidity
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await options.assemble(mayBeLost: true)
        do {
            try validity.write(
                try await assembly.accounts().invite(name, hours: validity.hours), for: name, assembly)
        } catch let ambiguous as AmbiguousUsername {
            throw CommandFailure("\(ambiguous)")
        }
    }
}

struct UserResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Print a link by which a person sets a new password for a user, once.",
        discussion: "All of the user's sessions end when the link is used. A newer link voids an earlier one.")

    @Argument(help: "The user's name or subject id.") var user: String
    @OptionGroup var validity: LinkValidity
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await options.assemble()
        let accounts = try assembly.accounts()
        let id = try await accounts.directory.existingUser(user).id
        try validity.write(
            try await accounts.makeLink(for: id, .reset, hours: validity.hours), for: user, assembly)
    }
}

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
        case .disabled: throw CommandFailure("\"\(name)\" is disabled; first run: heirloom user enable")
        case .unknownUser: throw CommandFailure("there is no user \"\(name)\"")
        case .invalidName: throw CommandFailure("\"\(name)\" is not a valid name: a name has \(Username.rule)")
        }
    }
}
