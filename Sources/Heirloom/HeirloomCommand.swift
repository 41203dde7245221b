import ArgumentParser
import Foundation
import Synchronization

@main
struct HeirloomCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "heirloom",
        abstract: "Signs people in and keeps them signed in, safely.",
        discussion: """
            Start with: heirloom serve
            Then make a user: heirloom user add NAME

            Every key of the configuration file is also an environment variable and a flag, the flag winning: \
            http.port is HEIRLOOM_HTTP_PORT and --http-port.
            """,
        version: Version.current,
        subcommands: [
            ServeCommand.self, MigrateCommand.self, UserCommand.self, ClientCommand.self, SessionCommand.self,
            KeyCommand.self, TokenCommand.self, ConfigCommand.self, BackupCommand.self, ExportCommand.self,
            ImportCommand.self,
            DoctorCommand.self,
        ])

    static func main() async {
        // The flags that stand for configuration keys are taken out first; they may stand anywhere.
        do {
            let (arguments, flags) = try ConfigurationFlags.split(Array(CommandLine.arguments.dropFirst()))
            ConfigurationFlags.given.withLock { $0 = flags }
            var command = try parseAsRoot(arguments)
            if var asynchronous = command as? any AsyncParsableCommand {
                try await asynchronous.run()
            } else {
                try command.run()
            }
        } catch {
            exit(withError: error)
        }
    }
}
