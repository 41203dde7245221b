/// A JSON value (RFC 8259) as ``JSONReader`` reads it: of bounded depth and without duplicate members.
package enum JSON: Sendable {
    /// `null`.
    case null
    /// `true` or `false`.
    case bool(Bool)
    /// A number without fraction and exponent that fits into 64 bits.
    case integer(Int)
    /// Any other number. Always finite.
    case number(Double)
    /// A string.
    case string(String)
    /// An array.
    case array([JSON])
    /// An object.
    case object(JSONObject)

    /// The type of the value with its article, for error messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a number that is not a 64-bit integer"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }

    /// How many levels of arrays and objects it has: 0 for other values.
    package var depth: Int {
        switch self {
        case .array(let elements): 1 + (elements.map(\.depth).max() ?? 0)
        case .object(let members): 1 + (members.map(\.value.depth).max() ?? 0)
        default: 0
        }
    }

    /// The member of an object with this name; nil if there is none or the value is not an object.
    package subscript(member: String) -> JSON? {
        guard case .object(let members) = self else { return nil }
        return members[member]
    }

    /// The value of a string; nil for any other type.
    package var string: String? {
        guard case .string(let value) = self else { return nil }
        return value
    }

    /// The value of a string of ASCII characters only; nil for anything else. Identifiers that a specification defines,
    /// such as the names of algorithms, are ASCII, and comparing ASCII costs time in proportion to its length.
    package var ascii: String? {
        guard case .string(let value) = self, value.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return value
    }

    /// The value of ``integer(_:)``; nil for any other type, also for a fractional number.
    package var integer: Int? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The elements of an array that holds only strings; nil for anything else.
    package var strings: [String]? {
        guard case .array(let values) = self else { return nil }
        let strings = values.compactMap(\.string)
        return strings.count == values.count ? strings : nil
    }
}

extension JSON: Equatable {
    /// Whether both values are of one type and equal. Strings are compared as bytes.
    package static func == (left: JSON, right: JSON) -> Bool {
        switch (left, right) {
        case (.null, .null): true
        case (.bool(let left), .bool(let right)): left == right
        case (.integer(let left), .integer(let right)): left == right
        case (.number(let left), .number(let right)): left == right
        case (.string(let left), .string(let right)): left.isExactly(right)
        case (.array(let left), .array(let right)): left == right
        case (.object(let left), .object(let right)): left == right
        default: false
        }
    }
}
