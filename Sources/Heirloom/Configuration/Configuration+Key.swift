import Logging
import TokenCore

extension Configuration {
    /// The keys that belong to no other section.
    enum Key {
        static let issuer = ConfigurationKey(
            "issuer", .string, default: "http://localhost:8080",
            meaning: "The service's public URL, `http` or `https`, without user, query and fragment: `iss` of the "
                + "tokens, and the base of the links that the service makes.")
        static let audience = ConfigurationKey(
            "audience", .strings, default: ["api"],
            meaning: "The APIs that access tokens are for: `aud`. At least one.")
        static let dataDirectory = ConfigurationKey(
            "dataDirectory", .string, default: "data",
            meaning: "The folder of `master.key` and `admin.token`.")
        static let drainSeconds = ConfigurationKey(
            "http.drainSeconds", .integer(in: 0...3600), default: 0,
            meaning: "How long the service goes on serving after SIGTERM, with `/health/ready` at 503: [rolling "
                + "restarts](operations.md#stop-and-restart).")
        static let accessTokenLifetimeSeconds = ConfigurationKey(
            "accessToken.lifetimeSeconds", .integer(in: 1...3600), default: 600,
            meaning: "The lifetime of access tokens. Above 900 the start warns.")
        static let algorithm = ConfigurationKey(
            "accessToken.algorithm", .choice, default: SigningAlgorithm.es256,
            meaning: "The signature algorithm of new signing keys. A change [reaches verifiers "
                + "ahead](keys.md#signing-keys).")
        static let maxConcurrentHashes = ConfigurationKey(
            "passwords.maxConcurrentHashes", .integer(in: 1...256), default: 2,
            meaning: "How many passwords are hashed at a time, each on a thread of its own.")
        static let logLevel = ConfigurationKey(
            "log.level", .choice, default: Logger.Level.info,
            meaning: "The least severe level that is logged.")
        static let logFormat = ConfigurationKey(
            "log.format", .choice, default: LogFormat.text,
            meaning: "`text`: logfmt. `json`: one JSON object a line.")
    }
}
