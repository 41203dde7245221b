import Federation
import StrictCoding
import TokenCore

/// The keys of one provider, below `federation.providers.NAME`. What is special about a well-known provider is the
/// default.
package struct ProviderKeys: Sendable {
    /// The path of the section that holds all providers.
    static let section = "federation.providers"

    let name: ConfigurationKey<String>
    let issuer: ConfigurationKey<String>
    let issuerAliases: ConfigurationKey<[String]>
    let clientID: ConfigurationKey<String>
    let clientSecretFile: ConfigurationKey<String>
    let clientAuthentication: ConfigurationKey<ClientAuthentication.Method>
    let clientKeyFile: ConfigurationKey<String>
    let teamID: ConfigurationKey<String>
    let keyID: ConfigurationKey<String>
    let scopes: ConfigurationKey<[String]>
    let prompt: ConfigurationKey<String>
    let maxAgeSeconds: ConfigurationKey<Int>
    let algorithms: ConfigurationKey<[Provider.SigningAlgorithm]>
    let audiences: ConfigurationKey<[String]>
    let nonceHash: ConfigurationKey<Provider.NonceHash>
    let signUp: ConfigurationKey<SignInByIdentity.SignUp>
    let require: ConfigurationKey<Requirements>
    let responseMode: ConfigurationKey<Provider.ResponseMode>
    let backchannelLogout: ConfigurationKey<Bool>
    let eventsIssuer: ConfigurationKey<String>
    let eventsKeys: ConfigurationKey<String>
    let caFile: ConfigurationKey<String>

    /// The keys of a provider.
    ///
    /// - Parameter id: the provider's id.
    package init(_ id: String) {
        let preset = ProviderPreset(id: id)
        func key<Value>(
            _ member: String, _ format: ConfigurationFormat<Value>, _ value: Value
        ) -> ConfigurationKey<Value> {
            ConfigurationKey("\(ProviderKeys.section).\(id).\(member)", format, default: value)
        }
        name = key("name", .string, preset.name)
        issuer = key("issuer", .string, preset.issuer)
        issuerAliases = key("issuerAliases", .strings, preset.issuerAliases)
        clientID = key("clientId", .string, "")
        clientSecretFile = key("clientSecretFile", .string, "")
        clientAuthentication = key("clientAuthentication", .choice, preset.clientAuthentication)
        clientKeyFile = key("clientKeyFile", .string, "")
        teamID = key("teamId", .string, "")
        keyID = key("keyId", .string, "")
        scopes = key("scopes", .strings, ["openid"])
        prompt = key("prompt", .string, preset.prompt)
        maxAgeSeconds = key("maxAgeSeconds", .integer(in: 0...31_536_000), 0)
        algorithms = key("algorithms", .choices, [.rs256])
        audiences = key("audiences", .strings, [])
        nonceHash = key("nonceHash", .choice, .sha256)
        signUp = key("signUp", .choice, .automatic)
        require = key("require", .requirements, .none)
        responseMode = key("responseMode", .choice, .query)
        backchannelLogout = key("backchannelLogout", .boolean, true)
        eventsIssuer = key("events.issuer", .string, preset.events?.issuer ?? "")
        eventsKeys = key("events.jwksUri", .string, preset.events?.jwksURI ?? "")
        caFile = key("caFile", .string, "")
    }

    /// In the order of the reference.
    package var all: [any ConfigurationKeyProtocol] {
        [
            name, issuer, issuerAliases, clientID, clientSecretFile, clientAuthentication, clientKeyFile, teamID, keyID,
            scopes, prompt, maxAgeSeconds, algorithms, audiences, nonceHash, signUp, require, responseMode,
            backchannelLogout, eventsIssuer, eventsKeys, caFile,
        ]
    }

    /// The keys that hold a path.
    var files: [ConfigurationKey<String>] { [clientSecretFile, clientKeyFile, caFile] }
}

extension ProviderKeys {
    /// The ids of providers that the file, the environment and the flags name, in their order.
    ///
    /// - Parameter flags: the texts of the flags, by the path of their key.
    static func ids(in json: JSON?, environment: [String: String], flags: [String: String]) -> [String] {
        var ids: Set<String> = []
        if case .object(let members)? = json?["federation"]?["providers"] { ids.formUnion(members.map(\.name)) }
        let prefix = "HEIRLOOM_FEDERATION_PROVIDERS_"
        ids.formUnion(environment.keys.compactMap { id(in: $0, after: prefix, before: "_") })
        ids.formUnion(flags.keys.compactMap { id(in: $0, after: section + ".", before: ".") })
        return ids.filter { ProviderID($0) != nil }.sorted()
    }

    /// The key that a flag sets; nil if it is no flag of a provider.
    static func key(ofFlag flag: String) -> (any ConfigurationKeyProtocol)? {
        guard let id = id(in: flag, after: "--federation-providers-", before: "-"), ProviderID(id) != nil else {
            return nil
        }
        return ProviderKeys(id).all.first { $0.flagName == flag }
    }

    /// An id has no separator, so the first word of the rest is the id.
    private static func id(in name: String, after prefix: String, before separator: Character) -> String? {
        guard name.hasPrefix(prefix) else { return nil }
        let rest = name.dropFirst(prefix.count)
        return rest.firstIndex(of: separator).map { rest[..<$0].lowercased() }
    }
}
