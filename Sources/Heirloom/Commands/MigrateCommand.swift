import ArgumentParser

struct MigrateCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "migrate", abstract: "Bring the database's schema up to date.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let assembly = try await options.assemble()
        try assembly.store.close()
        Terminal.say("The schema is up to date.")
    }
}
