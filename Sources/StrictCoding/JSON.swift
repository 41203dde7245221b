/// A JSON value (RFC 8259) as ``JSONReader`` reads it: of bounded depth and without duplicate members.
package enum JSON: Sendable, Equatable {
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
    /// An object: its members by name.
    case object([String: JSON])

    /// The type of the value with its article, for error messages.
    package var kind: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .integer: "an integer"
        case .number: "a fractional number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
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
