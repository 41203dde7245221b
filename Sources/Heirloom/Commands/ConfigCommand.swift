import ArgumentParser
import TokenHTTP

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Configuration: check it.",
        discussion: (["KEY, ENVIRONMENT VARIABLE, FLAG: WHAT IT TAKES"]
            + ConfigurationKey.all.map { key in
                "\(key.path), \(key.environmentName), \(key.flagName): \(key.expectation)"
            }).joined(separator: "\n"),
        subcommands: [Check.self])

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the configuration as serve would and name every mistake.")

        @OptionGroup var options: ConfigurationOptions

        func run() throws {
            let configuration = try options.load()
            try configuration.masterKey.verify()
            for warning in configuration.warnings { Terminal.say("warning: \(warning)") }
            Terminal.say("\(options.config) is in order.")
        }
    }
}
