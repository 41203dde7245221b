import ArgumentParser
import Foundation
import SessionEngine
import Synchronization
import TokenCore

@main
struct HeirloomCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heirloom",
        abstract: "Signs people in and keeps them signed in.",
        discussion: """
            Start the service: heirloom serve
            Then add a user: heirloom user add NAME

            Every key of the configuration file is also an environment variable and a flag: http.port is \
            HEIRLOOM_HTTP_PORT and --http-port. A flag overrides an environment variable, which overrides the file.
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, UserCommand.self, ClientCommand.self, SessionCommand.self,
            IdentityCommand.self, KeyCommand.self, EventCommand.self, TokenCommand.self, ConfigCommand.self,
            BackupCommand.self, RestoreCommand.self, ConsoleCommand.self, ExportCommand.self, ImportCommand.self,
            DoctorCommand.self,
        ])

    static func main() async {
        // Flags that set configuration keys may be anywhere among the arguments, so they are taken out first.
        do {
            let (arguments, flags) = try ConfigurationFlags.split(Array(CommandLine.arguments.dropFirst()))
            ConfigurationFlags.given.withLock { $0 = flags }
            try SubcommandCheck.check(arguments, of: self)
            try await Administrator.$current.withValue(.commandLine(user: SystemUser.name)) {
                var command = try parseAsRoot(arguments)
                if var asynchronous = command as? any AsyncParsableCommand {
                    try await asynchronous.run()
                } else {
                    try command.run()
                }
            }
        } catch {
            exit(withError: error)
        }
    }
}
