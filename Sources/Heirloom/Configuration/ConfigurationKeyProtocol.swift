package import StrictCoding

/// A key of the configuration, whatever the type of its value.
package protocol ConfigurationKeyProtocol: Sendable {
    associatedtype Value: Sendable & Equatable

    /// The names of the objects that lead to the member, and the member's name, joined by dots.
    var path: String { get }
    var defaultValue: Value { get }
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

    /// What a value must be, with the unit that the last word of the path names.
    var takes: String {
        let units = ["Seconds": "seconds", "Bytes": "bytes", "KiB": "KiB"]
        let unit = units.first { path.hasSuffix($0.key) }.map { ", in \($0.value)" } ?? ""
        return expectation + unit
    }

    /// The words of the path: `http`, `max`, `body`, `bytes`. `KiB` is one word.
    private var words: [String] {
        path.split(separator: ".").flatMap { part in
            part.replacing("KiB", with: "Kib").reduce(into: [""]) { words, character in
                if character.isUppercase { words.append("") }
                words[words.count - 1] += character.lowercased()
            }
        }
    }
}
