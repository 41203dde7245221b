import StrictCoding

/// The value of a claim, or a part of one. Each property is nil for a value of another type.
public struct ClaimValue: Sendable, Equatable {
    let json: JSON

    init(json: JSON) { self.json = json }

    /// The value of a string.
    public var string: String? { json.string }

    /// The value of an integer of at most 64 bits; nil also for a fractional number.
    public var integer: Int? { json.integer }

    /// The value of any number.
    public var number: Double? {
        switch json {
        case .integer(let number): Double(number)
        case .number(let number): number
        default: nil
        }
    }

    /// The value of a Boolean.
    public var boolean: Bool? {
        if case .bool(let value) = json { value } else { nil }
    }

    /// Whether the value is `null`.
    public var isNull: Bool { json == .null }

    /// The elements of an array that holds only strings.
    public var strings: [String]? { json.strings }

    /// The elements of an array.
    public var elements: [ClaimValue]? {
        if case .array(let values) = json { values.map { ClaimValue(json: $0) } } else { nil }
    }

    /// The names of the members of an object, in the order of the token.
    public var names: [String]? {
        if case .object(let members) = json { members.map(\.name) } else { nil }
    }

    /// The member of an object, by its name byte for byte; nil also if there is none.
    public subscript(name: String) -> ClaimValue? { json[name].map { ClaimValue(json: $0) } }
}
