import Logging
import TokenCore

extension Configuration {
    /// The keys that belong to no other section.
    enum Key {
        static let issuer = ConfigurationKey("issuer", .string, default: "http://localhost:8080")
        static let audience = ConfigurationKey("audience", .strings, default: ["api"])
        static let dataDirectory = ConfigurationKey("dataDirectory", .string, default: "data")
        static let drainSeconds = ConfigurationKey("http.drainSeconds", .integer(in: 0...3600), default: 0)
        static let accessTokenLifetimeSeconds = ConfigurationKey(
            "accessToken.lifetimeSeconds", .integer(in: 1...3600), default: 600)
        static let algorithm = ConfigurationKey("accessToken.algorithm", .choice, default: SigningAlgorithm.es256)
        static let maxConcurrentHashes = ConfigurationKey(
            "passwords.maxConcurrentHashes", .integer(in: 1...256), default: 2)
        static let logLevel = ConfigurationKey("log.level", .choice, default: Logger.Level.info)
        static let logFormat = ConfigurationKey("log.format", .choice, default: LogFormat.text)
    }
}
