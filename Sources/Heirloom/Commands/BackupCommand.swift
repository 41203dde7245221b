import ArgumentParser
import Foundation

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy a consistent snapshot of the database while the service runs.",
        discussion:
            "The copy is of no use without the master key, which it does not contain. Keep the master key elsewhere.")

    @Argument(help: "The file to write, which must not exist yet.") var file: String
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: file) else { throw CommandFailure("\(file) already exists") }
        let assembly = try await options.assemble(migrate: false)
        try assembly.store.backup(to: file)
        try assembly.store.close()
        Terminal.say("Database copied to \(file).")
    }
}
