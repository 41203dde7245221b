import ArgumentParser
import Migrations

struct ExportCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "export",
        abstract: "Write all rows to a file, to import them into another database.",
        discussion: """
            The rows are those of one moment. Stop the service before: whoever refreshes afterwards is signed out by the move. The file \
            is of no use without the master key, which is not in it. See docs/scaling.md.
            """)

    @Argument(help: "Where the rows go; there must be no such file yet. - for standard output.") var file: String
    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await options.assemble(migrate: false)
        let count = try ArchiveFile.write(to: file) { try assembly.store.export($0) }
        try assembly.store.close()
        Terminal.say("\(count) rows were written.")
    }
}
