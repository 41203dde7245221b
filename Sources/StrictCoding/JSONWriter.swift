/// Writes JSON straight to bytes. Members come out in the order they were written.
package struct JSONWriter {
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    package init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// One object, whole.
    package static func object(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(members)
        return writer.bytes
    }

    package mutating func object(_ members: (inout JSONWriter) -> Void) { nest("{", "}", members) }

    package mutating func array(_ elements: (inout JSONWriter) -> Void) { nest("[", "]", elements) }

    package mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    /// A member whose name is not known beforehand.
    package mutating func member(named name: String, _ value: String) {
        string(name)
        raw(":")
        needsComma = false
        string(value)
    }

    /// A member whose name is not known beforehand, and whose value is JSON already.
    package mutating func member(named name: String, json: [UInt8]) {
        string(name)
        raw(":")
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// A member whose name is not known beforehand, and whose value is an object.
    package mutating func member(named name: String, object members: (inout JSONWriter) -> Void) {
        string(name)
        raw(":")
        needsComma = false
        object(members)
    }

    package mutating func member(_ name: StaticString, _ value: Int) {
        key(name)
        integer(value)
    }

    package mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        raw(value ? "true" : "false")
        needsComma = true
    }

    package mutating func member(_ name: StaticString, _ values: [String]) {
        key(name)
        array { writer in for value in values { writer.string(value) } }
    }

    package mutating func member(_ name: StaticString, object members: (inout JSONWriter) -> Void) {
        key(name)
        object(members)
    }

    package mutating func member(_ name: StaticString, array elements: (inout JSONWriter) -> Void) {
        key(name)
        array(elements)
    }

    /// A member whose value is JSON already.
    package mutating func member(_ name: StaticString, json: [UInt8]) {
        key(name)
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// An element of an array that is JSON already.
    package mutating func element(json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    package mutating func string(_ value: String) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        var value = value
        value.withUTF8 { characters in
            if characters.allSatisfy({ !JSONWriter.needsEscape($0) }) {
                bytes.append(contentsOf: characters)
            } else {
                for character in characters { escape(character) }
            }
        }
        bytes.append(UInt8(ascii: "\""))
        needsComma = true
    }

    private static func needsEscape(_ character: UInt8) -> Bool {
        character < 0x20 || character == UInt8(ascii: "\"") || character == UInt8(ascii: "\\")
    }

    private mutating func escape(_ character: UInt8) {
        switch character {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"):
            bytes.append(UInt8(ascii: "\\"))
            bytes.append(character)
        case 0..<0x20:
            raw(character < 0x10 ? "\\u000" : "\\u001")
            bytes.append(contentsOf: String(character & 15, radix: 16).utf8)
        default: bytes.append(character)
        }
    }

    package mutating func integer(_ value: Int) {
        separate()
        bytes.append(contentsOf: String(value).utf8)
        needsComma = true
    }

    private mutating func key(_ name: StaticString) {
        separate()
        bytes.append(UInt8(ascii: "\""))
        raw(name)
        raw("\":")
        needsComma = false
    }

    private mutating func nest(_ open: StaticString, _ close: StaticString, _ content: (inout JSONWriter) -> Void) {
        separate()
        raw(open)
        needsComma = false
        content(&self)
        raw(close)
        needsComma = true
    }

    private mutating func separate() {
        if needsComma { bytes.append(UInt8(ascii: ",")) }
    }

    private mutating func raw(_ text: StaticString) {
        bytes.append(contentsOf: UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}
