package import StrictCoding

/// A key of the configuration, whatever the type of its value.
package protocol ConfigurationKeyProtocol: Sendable {
    associatedtype Value: Sendable & Equatable

    /// The names of the objects that lead to the member, and the member's name, joined by dots.
    var path: String { get }
    var defaultValue: Value { get }
    /// The default as the configuration file would have it.
    var defaultJSON: JSON { get }
    /// What a value means, in sentences for `docs/configuration.md`.
    var meaning: String { get }
    /// The type of a value: `integer`.
    var type: String { get }
    /// Which values of the type are accepted; nil for all, as far as the format checks them.
    var range: String? { get }
    /// How an environment variable or a flag has a value, in capitals: `A,B`. Nil for the value as it is.
    var textForm: String? { get }
    /// What a value must be, as messages say it.
    var expectation: String { get }
    /// Whether messages must not repeat a value.
    var isSecret: Bool { get }

    /// Reads a value from the configuration file; nil when the key does not accept it.
    func decode(_ json: JSON) -> Value?
    /// Reads a value from an environment variable or a flag; nil when the key does not accept it.
    func decode(text: String) -> Value?
}

extension ConfigurationKeyProtocol {
    /// `http.maxBodyBytes` is `HEIRLOOM_HTTP_MAX_BODY_BYTES` in the environment.
    var environmentName: String { "HEIRLOOM_" + words.map { $0.uppercased() }.joined(separator: "_") }

    /// `http.maxBodyBytes` is `--http-max-body-bytes` on the command line.
    var flagName: String { "--" + words.joined(separator: "-") }

    /// The unit of a value, which the last word of the path names; nil for none.
    var unit: String? {
        let units = ["Seconds": "seconds", "Bytes": "bytes", "KiB": "KiB"]
        return units.first { path.hasSuffix($0.key) }?.value
    }

    /// What a value must be, with its unit.
    var takes: String { expectation + (unit.map { ", in \($0)" } ?? "") }

    /// The words of the path: `http`, `max`, `body`, `bytes`. `KiB` is one word, and so is a name in capitals.
    private var words: [String] {
        path.split(separator: ".").flatMap { part in
            if part.allSatisfy(\.isUppercase) { return [part.lowercased()] }
            return part.replacing("KiB", with: "Kib").reduce(into: [""]) { words, character in
                if character.isUppercase { words.append("") }
                words[words.count - 1] += character.lowercased()
            }
        }
    }
}
