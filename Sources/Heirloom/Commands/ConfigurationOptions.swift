import ArgumentParser

/// The option `--config FILE`, which every command has.
struct ConfigurationOptions: ParsableArguments {
    static let defaultFile = "config.json"

    @Option(help: ArgumentHelp("The configuration file.", valueName: "FILE"))
    var config = ConfigurationOptions.defaultFile

    func load() throws -> Configuration { try Configuration.load(file: config) }

    func assemble(migrate: Bool = true, mayBeLost: Bool = false) async throws -> Assembly {
        try await Assembly(load(), migrate: migrate, mayBeLost: mayBeLost)
    }
}
