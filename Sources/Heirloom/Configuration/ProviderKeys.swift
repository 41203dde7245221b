import Federation
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
