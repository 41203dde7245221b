/// Writes compact JSON (RFC 8259) as UTF-8 bytes. Members keep the order in which they are written.
package struct JSONWriter {
    /// The text that has been written.
    package private(set) var bytes: [UInt8] = []
    private var needsComma = false

    /// - Parameter capacity: the number of bytes to reserve.
    package init(capacity: Int = 512) { bytes.reserveCapacity(capacity) }

    /// Returns the text of one object.
    package static func object(_ members: (inout JSONWriter) -> Void) -> [UInt8] {
        var writer = JSONWriter()
        writer.object(members)
        return writer.bytes
    }

    /// Writes an object.
    package mutating func object(_ members: (inout JSONWriter) -> Void) { nest("{", "}", members) }

    /// Writes an array.
    package mutating func array(_ elements: (inout JSONWriter) -> Void) { nest("[", "]", elements) }

    /// Writes a member with a string value. The name is not escaped.
    package mutating func member(_ name: StaticString, _ value: String) {
        key(name)
        string(value)
    }

    /// Writes a member with a string value and a name that is known at run time.
    package mutating func member(named name: String, _ value: String) {
        string(name)
        raw(":")
        needsComma = false
        string(value)
    }

    /// Writes a member with a name that is known at run time and a value that is a valid JSON text.
    package mutating func member(named name: String, json: [UInt8]) {
        string(name)
        raw(":")
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// Writes a member with a value that was read and a name that is known at run time.
    package mutating func member(named name: String, value: JSON) {
        string(name)
        raw(":")
        needsComma = false
        self.value(value)
    }

    /// Writes a member with an object and a name that is known at run time.
    package mutating func member(named name: String, object members: (inout JSONWriter) -> Void) {
        string(name)
        raw(":")
        needsComma = false
        object(members)
    }

    /// Writes a member with an integer value. The name is not escaped.
    package mutating func member(_ name: StaticString, _ value: Int) {
        key(name)
        integer(value)
    }

    /// Writes a member with a Boolean value. The name is not escaped.
    package mutating func member(_ name: StaticString, _ value: Bool) {
        key(name)
        raw(value ? "true" : "false")
        needsComma = true
    }

    /// Writes a member with an array of strings. The name is not escaped.
    package mutating func member(_ name: StaticString, _ values: [String]) {
        key(name)
        array { writer in for value in values { writer.string(value) } }
    }

    /// Writes a member with an object. The name is not escaped.
    package mutating func member(_ name: StaticString, object members: (inout JSONWriter) -> Void) {
        key(name)
        object(members)
    }

    /// Writes a member with an array. The name is not escaped.
    package mutating func member(_ name: StaticString, array elements: (inout JSONWriter) -> Void) {
        key(name)
        array(elements)
    }

    /// Writes a member with a value that is a valid JSON text. The name is not escaped.
    package mutating func member(_ name: StaticString, json: [UInt8]) {
        key(name)
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// Writes an element of an array that is a valid JSON text.
    package mutating func element(json: [UInt8]) {
        separate()
        bytes.append(contentsOf: json)
        needsComma = true
    }

    /// Writes a string and escapes what JSON requires.
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

    /// Writes an integer.
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
