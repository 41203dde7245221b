import ArgumentParser
import Foundation

struct BackupCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "backup",
        abstract: "Copy the database, as it stands at one moment, while the service runs.",
        discussion: "The copy is of no use without the master key, which is not in it: keep that elsewhere.")

    @Argument(help: "Where the copy goes; there must be no such file yet.") var file: String
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        guard !FileManager.default.fileExists(atPath: file) else { throw CommandFailure("\(file) exists already") }
        let assembly = try await options.assemble(migrate: false)
        try assembly.store.backup(to: file)
        try assembly.store.close()
        Terminal.say("The database was copied to \(file).")
    }
}
