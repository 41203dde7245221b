import ArgumentParser

/// The option `--config FILE`, which every command has.
struct ConfigurationOptions: ParsableArguments {
    static let defaultFile = "config.json"

    @Option(help: ArgumentHelp("The configuration file.", valueName: "FILE"))
    var config = ConfigurationOptions.defaultFile

    /// - Parameter resolvesHosts: whether a name of a listener must have an address.
    func load(resolvesHosts: Bool = false) throws -> Configuration {
        try Configuration.load(file: config, resolvesHosts: resolvesHosts)
    }

    func assemble(migrate: Bool = true, mayBeLost: Bool = false) async throws -> Assembly {
        try await Assembly(load(), migrate: migrate, mayBeLost: mayBeLost)
    }
}
