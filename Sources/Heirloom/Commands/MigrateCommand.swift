import ArgumentParser

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate",
        abstract: "Bring the database's schema up to date, or make an empty database.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await options.assemble(mayBeLost: true)
        try assembly.store.close()
        Terminal.say("The schema is up to date.")
    }
}
