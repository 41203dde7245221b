import StrictCoding

/// One key of the configuration: its path, what it takes, and its default.
struct ConfigurationKey: Sendable {
    enum Kind: Sendable {
        case string
        case choice([String])
        case strings
        case integer(ClosedRange<Int>)
    }

    let path: String
    let kind: Kind
    let defaultValue: JSON

    static let all: [ConfigurationKey] = [
        key("issuer", .string, "http://localhost:8080"),
        key("audience", .strings, ["api"]),
        key("dataDirectory", .string, "data"),
        key("masterKey", .string, ""),
        key("masterKeyFile", .string, ""),
        key("previousMasterKeys", .strings, []),
        key("previousMasterKeyFiles", .strings, []),
        key("http.host", .string, "127.0.0.1"),
        key("http.port", .integer(0...65535), 8080),
        key("http.maxBodyBytes", .integer(1024...1_048_576), 16384),
        key("http.trustedProxies", .strings, []),
        key("http.allowedOrigins", .strings, []),
        key("http.tls.certificateFile", .string, ""),
        key("http.tls.privateKeyFile", .string, ""),
        key("admin.host", .string, "127.0.0.1"),
        key("admin.port", .integer(0...65535), 8081),
        key("database.url", .string, "sqlite:data/heirloom.sqlite"),
        key("database.urlFile", .string, ""),
        key("database.cacheKiB", .integer(1024...16_777_216), 16384),
        key("accessToken.lifetimeSeconds", .integer(1...3600), 600),
        key("accessToken.algorithm", .choice(["ES256", "EdDSA", "RS256", "ML-DSA-65"]), "ES256"),
        key("refreshToken.idleLifetimeSeconds", .integer(1...315_360_000), 1_209_600),
        key("refreshToken.absoluteLifetimeSeconds", .integer(1...315_360_000), 7_776_000),
        key("refreshToken.retryWindowSeconds", .integer(0...600), 60),
        key("refreshToken.maxRetries", .integer(0...1000), 10),
        key("signingKeys.rotateEverySeconds", .integer(1...315_360_000), 2_592_000),
        key("signingKeys.publishAheadSeconds", .integer(0...315_360_000), 86_400),
        key("passwords.memoryKiB", .integer(8...4_194_304), 19456),
        key("passwords.iterations", .integer(1...1000), 2),
        key("passwords.parallelism", .integer(1...64), 1),
        key("passwords.minimumLength", .integer(8...128), 8),
        key("passwords.maxConcurrentHashes", .integer(1...256), 2),
        key("loginLimits.perAccount", .integer(0...1_000_000), 10),
        key("loginLimits.perAddress", .integer(0...1_000_000), 100),
        key("loginLimits.windowSeconds", .integer(1...86_400), 300),
        key("log.level", .choice(["trace", "debug", "info", "notice", "warning", "error", "critical"]), "info"),
        key("log.format", .choice(["text", "json"]), "text"),
    ]

    private static func key(_ path: String, _ kind: Kind, _ value: String) -> ConfigurationKey {
        ConfigurationKey(path: path, kind: kind, defaultValue: .string(value))
    }

    private static func key(_ path: String, _ kind: Kind, _ value: Int) -> ConfigurationKey {
        ConfigurationKey(path: path, kind: kind, defaultValue: .integer(value))
    }

    private static func key(_ path: String, _ kind: Kind, _ values: [String]) -> ConfigurationKey {
        ConfigurationKey(path: path, kind: kind, defaultValue: .array(values.map { .string($0) }))
    }

    /// `http.maxBodyBytes` as words: `http`, `max`, `body`, `bytes`.
    private var words: [String] {
        var words: [String] = []
        for part in path.split(separator: ".") {
            var word = ""
            for (index, character) in part.enumerated() {
                let startsWord = character.isUppercase && !(index > 0 && isAcronym(part, at: index))
                if startsWord, !word.isEmpty {
                    words.append(word)
                    word = ""
                }
                word += character.lowercased()
            }
            words.append(word)
        }
        return words
    }

    /// In `memoryKiB` the `B` goes on with the word.
    private func isAcronym(_ part: Substring, at index: Int) -> Bool {
        part.hasSuffix("KiB") && index == part.count - 1
    }

    /// Whether the value must not be repeated in a message.
    var isSecret: Bool { ["masterKey", "previousMasterKeys", "database.url"].contains(path) }

    var environmentName: String { "HEIRLOOM_" + words.map { $0.uppercased() }.joined(separator: "_") }

    var flagName: String { "--" + words.joined(separator: "-") }

    /// What a value must be, for a person.
    var expectation: String {
        switch kind {
        case .string: "a string"
        case .choice(let choices): "one of " + choices.joined(separator: ", ")
        case .strings: "an array of strings"
        case .integer(let range): "an integer from \(range.lowerBound) to \(range.upperBound)"
        }
    }

    /// Whether `value` is what the key takes.
    func accepts(_ value: JSON) -> Bool {
        switch (kind, value) {
        case (.string, .string): true
        case (.choice(let choices), .string(let choice)): choices.contains(choice)
        case (.strings, _): value.strings != nil
        case (.integer(let range), .integer(let number)): range.contains(number)
        default: false
        }
    }

    /// A value as it is written in an environment variable or a flag; lists are separated by commas.
    func parse(_ text: String) -> JSON? {
        let value: JSON =
            switch kind {
            case .string, .choice: .string(text)
            case .strings: .array(text.split(separator: ",").map { .string(String($0)) })
            case .integer: Int(text).map { .integer($0) } ?? .string(text)
            }
        return accepts(value) ? value : nil
    }
}
