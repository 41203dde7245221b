import ArgumentParser

/// The option `--config FILE`, which every command has.
struct ConfigurationOptions: ParsableArguments {
    static let defaultFile = "config.json"

    @Option(help: ArgumentHelp("The configuration file.", valueName: "FILE"))
    var config = ConfigurationOptions.defaultFile

    /// - Parameter isForListeners: whether a name of a listener must have an address and the logo is read.
    func load(isForListeners: Bool = false) throws -> Configuration {
        try Configuration.load(file: config, isForListeners: isForListeners)
    }

    func assemble(migrate: Bool = true, mayBeLost: Bool = false) async throws -> Assembly {
        try await Assembly(load(), migrate: migrate, mayBeLost: mayBeLost)
    }
}
