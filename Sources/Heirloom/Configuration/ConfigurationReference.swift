import Federation
import StrictCoding

/// The reference of the configuration, made from the declarations of the keys.
package enum ConfigurationReference {
    /// What takes the place of a name that an operator chooses.
    private static let placeholder = "NAME"

    /// The text of `docs/configuration.md`.
    package static var page: String {
        """
        # Configuration

        A key is a member of the configuration file, an environment variable, and a flag. A flag overrides the
        environment, the environment the file, the file the default. Every key has a default, and `config.json` has
        every key. Relative paths begin at the folder of the configuration file, and `~` is not expanded. In variables
        and flags an array is its members, separated by commas (`HEIRLOOM_AUDIENCE=api,billing`); an empty text is the
        empty array. An object is its JSON.

        An unknown key, another type and a value that cannot be used refuse the start. `heirloom config check` reports
        all of them, with line and column in the file; [operations](operations.md#configure) says more. A variable
        that begins with `HEIRLOOM_` and names no key is a warning.

        This page is made from the declarations in `Sources/Heirloom/Configuration`:
        `HEIRLOOM_WRITE_DOCS=1 swift test --filter ConfigurationReference`.

        ## Keys

        \(table(of: ConfigurationKeys.all, default: defaultText))
        ## Keys of a provider

        Each [provider](federation.md) has a name of 1 to 32 lower-case letters and digits, here `\(placeholder)`. A
        provider that is named \(WellKnown.allCases.map { "`\($0.rawValue)`" }.joined(separator: ", ")) has defaults
        of its own.

        \(table(of: ProviderKeys(placeholder).all, default: providerDefault))
        ## Keys of a webhook

        Each [webhook](webhooks.md) has a name of 1 to 32 lower-case letters and digits, here `\(placeholder)`.

        \(table(of: WebhookKeys(placeholder).all, default: defaultText))
        """
    }

    private static func table(
        of keys: [any ConfigurationKeyProtocol], default: (any ConfigurationKeyProtocol) -> String
    ) -> String {
        let rows = keys.map { key in
            let names =
                "`\(key.path)`<br>`\(key.environmentName)\(form(of: key, after: "="))`"
                + "<br>`\(flagName(of: key))\(form(of: key, after: " "))`"
            return "| \(names) | \(key.type) | \(key.range ?? "") | \(key.unit ?? "") | \(`default`(key)) "
                + "| \(key.meaning) |\n"
        }
        return """
            | key, variable, flag | type | values | unit | default | meaning |
            |---|---|---|---|---|---|
            \(rows.joined())
            """
    }

    private static func flagName(of key: any ConfigurationKeyProtocol) -> String {
        key.flagName.replacing("-\(placeholder.lowercased())-", with: "-\(placeholder)-", maxReplacements: 1)
    }

    /// How a text has a value, where it is not the value as it is.
    private static func form(of key: any ConfigurationKeyProtocol, after separator: String) -> String {
        key.textForm.map { separator + $0 } ?? ""
    }

    private static func defaultText(of key: any ConfigurationKeyProtocol) -> String {
        var writer = JSONWriter()
        writer.value(key.defaultJSON)
        return "`\(String(decoding: writer.bytes, as: UTF8.self))`"
    }

    private typealias WellKnown = ProviderPreset.WellKnown

    /// The default of any provider, and those of the well-known ones that differ.
    private static func providerDefault(of key: any ConfigurationKeyProtocol) -> String {
        let presets = WellKnown.allCases.compactMap { provider -> String? in
            let path = key.path.replacing(".\(placeholder).", with: ".\(provider.rawValue).")
            let preset = ProviderKeys(provider.rawValue).all.first { $0.path == path }
            guard let preset, preset.defaultJSON != key.defaultJSON else { return nil }
            return "`\(provider.rawValue)`: \(defaultText(of: preset))"
        }
        return ([defaultText(of: key)] + presets).joined(separator: "<br>")
    }
}
