import Federation
import StrictCoding

/// The values that a key accepts, and how they are written.
struct ConfigurationFormat<Value: Sendable & Equatable>: Sendable {
    /// What a value must be, as messages say it.
    let expectation: String
    /// Whether messages must not repeat a value.
    var isSecret = false
    /// Reads a value; nil when the key does not accept it.
    let decode: @Sendable (JSON) -> Value?
    /// The JSON value that the text of an environment variable or a flag means.
    var json: @Sendable (String) -> JSON = { .string($0) }
}

extension ConfigurationFormat<String> {
    static var string: Self { Self(expectation: "a string") { $0.string } }
}

extension ConfigurationFormat<Secret> {
    static var secret: Self { Self(expectation: "a string", isSecret: true) { $0.string.map(Secret.init) } }
}

extension ConfigurationFormat<[String]> {
    /// As text, the strings are separated by commas.
    static var strings: Self {
        Self(expectation: "an array of strings", decode: { $0.strings }, json: JSON.init(commaSeparated:))
    }
}

extension ConfigurationFormat<[Secret]> {
    /// As text, the strings are separated by commas.
    static var secrets: Self {
        Self(
            expectation: "an array of strings", isSecret: true, decode: { $0.strings?.map(Secret.init) },
            json: JSON.init(commaSeparated:))
    }
}

extension ConfigurationFormat<Int> {
    static func integer(in range: ClosedRange<Int>) -> Self {
        Self(
            expectation: "an integer from \(range.lowerBound) to \(range.upperBound)",
            decode: { $0.integer.flatMap { range.contains($0) ? $0 : nil } },
            json: { Int($0).map { .integer($0) } ?? .string($0) })
    }
}

extension ConfigurationFormat<Bool> {
    static var boolean: Self {
        Self(
            expectation: "true or false", decode: { if case .bool(let value) = $0 { value } else { nil } },
            json: { text in ["true": true, "false": false][text].map { .bool($0) } ?? .string(text) })
    }
}

extension ConfigurationFormat where Value: CaseIterable & RawRepresentable<String> {
    /// One of the cases of an enumeration.
    static var choice: Self {
        Self(expectation: "one of " + Value.allCases.map(\.rawValue).joined(separator: ", ")) {
            $0.string.flatMap { text in Value.allCases.first { $0.rawValue == text } }
        }
    }
}

extension ConfigurationFormat<[Provider.SigningAlgorithm]> {
    /// Some of the algorithms, at least one. As text, they are separated by commas.
    static var choices: Self {
        Self(
            expectation: "an array of " + Provider.SigningAlgorithm.allCases.map(\.rawValue).joined(separator: ", "),
            decode: { json in
                guard let names = json.strings, !names.isEmpty else { return nil }
                let algorithms = names.compactMap { Provider.SigningAlgorithm(rawValue: $0) }
                return algorithms.count == names.count ? algorithms : nil
            }, json: JSON.init(commaSeparated:))
    }
}

extension ConfigurationFormat<Requirements> {
    /// As text, it is the JSON of the object.
    static var requirements: Self {
        Self(
            expectation: "an object from claims to arrays of allowed strings, booleans and integers",
            decode: { Requirements($0) },
            json: { (try? JSONReader.read(Array($0.utf8))) ?? .string($0) })
    }
}

extension JSON {
    fileprivate init(commaSeparated text: String) {
        self = .array(text.split(separator: ",").map { .string(String($0)) })
    }
}
