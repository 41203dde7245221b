import Accounts
import ArgumentParser

struct UserInviteCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "invite",
        abstract: "Print a one-time link for a user's first password.",
        discussion: "Adds the user if no user has this name. A newer link voids an earlier one.")

    @Argument(help: "The name to log in with, or the subject id of a user without a password.") var name: String
    @OptionGroup var validity: LinkValidity
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await options.assemble(mayBeLost: true)
        // Refuses an ambiguous name.
        _ = try await assembly.directory.found(name)
        try validity.write(try await assembly.accounts().invite(name, hours: validity.hours), for: name, assembly)
    }
}
