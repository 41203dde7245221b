import ArgumentParser
import Migrations

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all rows to a file that import reads into another database.",
        discussion: """
            The rows are those of one moment. Stop the service first: a session that is refreshed after the export \
            cannot be refreshed in the other database. The file is of no use without the master key, which it does \
            not contain. See docs/scaling.md.
            """)

    @Argument(help: "The file to write, which must not exist yet. - for standard output.") var file: String
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await options.assemble(migrate: false)
        let count = try ArchiveFile.write(to: file) { try assembly.store.export($0) }
        try assembly.store.close()
        Terminal.say("\(count) rows written.")
    }
}
