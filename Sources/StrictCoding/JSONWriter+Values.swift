/// Values that were read.
extension JSONWriter {
    /// Writes a value.
    package mutating func value(_ value: JSON) {
        switch value {
        case .null: element(json: Array("null".utf8))
        case .bool(let bool): element(json: Array((bool ? "true" : "false").utf8))
        case .integer(let number): integer(number)
        case .number(let number): element(json: Array("\(number)".utf8))
        case .string(let text): string(text)
        case .array(let elements): array { writer in for element in elements { writer.value(element) } }
        case .object(let members): object { $0.members(members) }
        }
    }

    /// Writes the members of an object that was read.
    package mutating func members(_ members: JSONObject) {
        for (name, value) in members { member(named: name, value: value) }
    }
}
