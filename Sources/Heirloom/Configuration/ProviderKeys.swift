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
    let algorithms: ConfigurationKey<[Provider.AcceptedAlgorithm]>
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
            _ member: String, _ format: ConfigurationFormat<Value>, _ value: Value, meaning: String
        ) -> ConfigurationKey<Value> {
            ConfigurationKey(
                "\(ProviderKeys.section).\(id).\(member)", format, default: value, meaning: meaning)
        }
        name = key(
            "name", .string, preset.name,
            meaning: "What people read on buttons and pages.")
        issuer = key(
            "issuer", .string, preset.issuer,
            meaning: "The issuer, compared byte for byte: an `https` URL without query and fragment, or an `http` "
                + "URL of this machine.")
        issuerAliases = key(
            "issuerAliases", .strings, preset.issuerAliases,
            meaning: "Other spellings that metadata and tokens may have. An identity always has `issuer`.")
        clientID = key(
            "clientId", .string, "",
            meaning: "The client id that the provider has issued.")
        clientSecretFile = key(
            "clientSecretFile", .string, "",
            meaning: "The file that holds the client secret.")
        clientAuthentication = key(
            "clientAuthentication", .choice, preset.clientAuthentication,
            meaning: "How the service authenticates at the provider. `private_key_jwt` and `apple` need "
                + "`clientKeyFile`.")
        clientKeyFile = key(
            "clientKeyFile", .string, "",
            meaning: "The file of the private key, PEM, P-256 or RSA, for `private_key_jwt` and `apple`.")
        teamID = key(
            "teamId", .string, "",
            meaning: "Apple's id of the team, for `apple`.")
        keyID = key(
            "keyId", .string, "",
            meaning: "The `kid` of the private key, which `apple` needs. Empty: the thumbprint of the key.")
        scopes = key(
            "scopes", .strings, ["openid"],
            meaning: "The scopes that are asked for, `openid` among them.")
        prompt = key(
            "prompt", .string, preset.prompt,
            meaning: "The parameter `prompt`: `login`, `consent`, `select_account`, or empty for none.")
        maxAgeSeconds = key(
            "maxAgeSeconds", .integer(in: 0...31_536_000), 0,
            meaning: "How long ago the provider may have authenticated the person. 0: any time.")
        algorithms = key(
            "algorithms", .choices, [.rs256],
            meaning: "What the provider's tokens may be signed with.")
        audiences = key(
            "audiences", .strings, [],
            meaning: "The clients whose ID tokens applications may present at `POST /v1/login`. Empty: none.")
        nonceHash = key(
            "nonceHash", .choice, .sha256,
            meaning: "How the `nonce` of such a token follows from the one presented: its SHA-256 in hex, or the "
                + "same text.")
        signUp = key(
            "signUp", .choice, .automatic,
            meaning: "`automatic`: a person who comes for the first time becomes a new subject. `known`: only "
                + "linked identities sign in.")
        require = key(
            "require", .requirements, .none,
            meaning: "Claims and their [allowed values](federation.md#keys), each of which must be met.")
        responseMode = key(
            "responseMode", .choice, .query,
            meaning: "How the provider returns its response.")
        backchannelLogout = key(
            "backchannelLogout", .boolean, true,
            meaning: "Whether the provider may end sessions by a logout token.")
        eventsIssuer = key(
            "events.issuer", .string, preset.events?.issuer ?? "",
            meaning: "The issuer of security events. Empty: none are accepted.")
        eventsKeys = key(
            "events.jwksUri", .string, preset.events?.jwksURI ?? "",
            meaning: "The `https` URL of the keys of security events.")
        caFile = key(
            "caFile", .string, "",
            meaning: "A file of certificates, PEM, that are trusted for this provider beside those of the system.")
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
