import Accounts
import ArgumentParser
import TokenCore

struct UserResetCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "reset",
        abstract: "Print a one-time link for a user's new password.",
        discussion: "All of the user's sessions end when the link is used. A newer link voids an earlier one.")

    @Argument(help: "The user's name or subject id.") var user: String
    @OptionGroup var validity: LinkValidity
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await options.assemble()
        let accounts = try assembly.accounts()
        let id = try await accounts.directory.existingUser(user).id
        try validity.write(
            try await accounts.makeLink(for: id, OneTimeLink.Purpose.reset, hours: validity.hours), for: user, assembly)
    }
}
