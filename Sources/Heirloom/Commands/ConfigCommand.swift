import ArgumentParser
import Federation
import TokenHTTP

struct ConfigCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "config", abstract: "Check the configuration.",
        discussion: ([
            "docs/configuration.md says what each key means; the package has it in /usr/share/doc/heirloom. Each "
                + "provider and each webhook has keys of its own, federation.providers.NAME.KEY and "
                + "webhooks.NAME.KEY, which the page lists too.",
            "KEY, ENVIRONMENT VARIABLE, FLAG: VALUE (as text, commas separate the members of an array)",
        ]
            + ConfigurationKeys.all.map { key in
                "\(key.path), \(key.environmentName), \(key.flagName): \(key.takes)"
            }).joined(separator: "\n"),
        subcommands: [Check.self])

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            commandName: "check", abstract: "Read the configuration as serve does and print every mistake.")

        @OptionGroup var options: ConfigurationOptions

        @Flag(help: "Ask each provider what it publishes, and print what differs from the configuration.")
        var online = false

        func run() async throws {
            let configuration = try options.load(isForListeners: true)
            try configuration.masterKey.verify()
            for warning in configuration.warnings { Terminal.say("warning: \(warning)") }
            let issuer = Issuer(configuration.issuer)
            for provider in configuration.federation.providers {
                Terminal.say("redirect URI to register at \(provider.name): \(issuer.url(provider.callbackPath))")
            }
            if online { try await compare(configuration.federation.providers) }
            Terminal.say("\(options.config) is valid.")
        }

        private func compare(_ providers: [Provider]) async throws {
            let check = ProviderCheck(HTTPUpstreamTransport())
            var isWell = true
            for provider in providers {
                for finding in await check.findings(on: provider) {
                    isWell = false
                    Terminal.say("\(ProviderKeys.section).\(provider.id): \(finding)")
                }
            }
            if !isWell { throw ExitCode.failure }
        }
    }
}
