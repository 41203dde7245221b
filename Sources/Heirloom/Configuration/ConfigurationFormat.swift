import Federation
import Foundation
import StrictCoding

/// The values that a key accepts, and how they are written.
struct ConfigurationFormat<Value: Sendable & Equatable>: Sendable {
    /// The type of a value: `integer`.
    let type: String
    /// Which values of the type are accepted; nil for all, as far as this format checks them.
    var range: String?
    /// What a value must be, as messages say it.
    let expectation: String
    /// Whether messages must not repeat a value.
    var isSecret = false
    /// Reads a value; nil when the key does not accept it.
    let decode: @Sendable (JSON) -> Value?
    /// The JSON value that ``decode`` reads as this value.
    let encode: @Sendable (Value) -> JSON
    /// How an environment variable or a flag has a value, in capitals: `A,B`. Nil for the value as it is.
    var textForm: String?
    /// The JSON value that the text of an environment variable or a flag means.
    var json: @Sendable (String) -> JSON = { .string($0) }
}

extension ConfigurationFormat<String> {
    static var string: Self {
        Self(type: "string", expectation: "a string", decode: { $0.string }, encode: { .string($0) })
    }
}

extension ConfigurationFormat<Secret> {
    static var secret: Self {
        Self(
            type: "string", expectation: "a string", isSecret: true, decode: { $0.string.map(Secret.init) },
            encode: { .string($0.text) })
    }
}

extension ConfigurationFormat<[String]> {
    /// As text, the strings are separated by commas.
    static var strings: Self {
        Self(
            type: "array of strings", expectation: "an array of strings", decode: { $0.strings },
            encode: { .array($0.map { .string($0) }) }, textForm: "A,B", json: JSON.init(commaSeparated:))
    }
}

extension ConfigurationFormat<[Secret]> {
    /// As text, the strings are separated by commas.
    static var secrets: Self {
        Self(
            type: "array of strings", expectation: "an array of strings", isSecret: true,
            decode: { $0.strings?.map(Secret.init) }, encode: { .array($0.map { .string($0.text) }) },
            textForm: "A,B", json: JSON.init(commaSeparated:))
    }
}

extension ConfigurationFormat<Int> {
    static func integer(in range: ClosedRange<Int>) -> Self {
        let bounds = "\(range.lowerBound) to \(range.upperBound)"
        return Self(
            type: "integer", range: bounds, expectation: "an integer from \(bounds)",
            decode: { $0.integer.flatMap { range.contains($0) ? $0 : nil } }, encode: { .integer($0) },
            json: { Int($0).map { .integer($0) } ?? .string($0) })
    }
}

extension ConfigurationFormat<Bool> {
    static var boolean: Self {
        Self(
            type: "boolean", expectation: "true or false",
            decode: { if case .bool(let value) = $0 { value } else { nil } }, encode: { .bool($0) },
            json: { text in ["true": true, "false": false][text].map { .bool($0) } ?? .string(text) })
    }
}

extension ConfigurationFormat where Value: CaseIterable & RawRepresentable<String> {
    /// One of the cases of an enumeration.
    static var choice: Self {
        let names = Value.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(
            type: "string", range: names, expectation: "one of \(names)",
            decode: { $0.string.flatMap { text in Value.allCases.first { $0.rawValue == text } } },
            encode: { .string($0.rawValue) })
    }
}

extension ConfigurationFormat<[Provider.AcceptedAlgorithm]> {
    /// Some of the algorithms, at least one. As text, they are separated by commas.
    static var choices: Self {
        let names = Provider.AcceptedAlgorithm.allCases.map(\.rawValue).joined(separator: ", ")
        return Self(
            type: "array of strings", range: "some of \(names)", expectation: "an array of \(names)",
            decode: { json in
                guard let names = json.strings, !names.isEmpty else { return nil }
                let algorithms = names.compactMap { Provider.AcceptedAlgorithm(rawValue: $0) }
                return algorithms.count == names.count ? algorithms : nil
            }, encode: { .array($0.map { .string($0.rawValue) }) }, textForm: "A,B", json: JSON.init(commaSeparated:))
    }
}

extension ConfigurationFormat<Requirements> {
    /// As text, it is the JSON of the object.
    static var requirements: Self {
        Self(
            type: "object", range: "claims, each with an array of strings, booleans and integers",
            expectation: "an object from claims to arrays of allowed strings, booleans and integers",
            decode: { Requirements($0) }, encode: { $0.json }, textForm: "JSON",
            json: { (try? JSONReader.read(Array($0.utf8))) ?? .string($0) })
    }
}

extension JSON {
    /// Spaces around a member do not count, and an empty member is none.
    fileprivate init(commaSeparated text: String) {
        let members = text.split(separator: ",").map { $0.trimmingCharacters(in: .whitespaces) }
        self = .array(members.filter { !$0.isEmpty }.map { .string($0) })
    }
}
