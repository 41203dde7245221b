import ArgumentParser

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check the configuration.",
        discussion: (["KEY, ENVIRONMENT VARIABLE, FLAG: VALUE (as text, commas separate the members of an array)"]
            + ConfigurationKeys.all.map { key in
                "\(key.path), \(key.environmentName), \(key.flagName): \(key.takes)"
            }).joined(separator: "\n"),
        subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the configuration as serve does and print every mistake.")

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let configuration = try options.load()
            try configuration.masterKey.verify()
            for warning in configuration.warnings { Terminal.say("warning: \(warning)") }
            Terminal.say("\(options.config) is valid.")
        }
    }
}
