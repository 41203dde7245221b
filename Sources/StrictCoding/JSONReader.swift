/// Reads a JSON text (RFC 8259) from an untrusted source. Duplicate members, nesting beyond the bound, trailing bytes,
/// lone surrogates and invalid UTF-8 are errors (RFC 8725 §2.4).
package struct JSONReader {
    /// Why a text was refused.
    package struct Failure: Error, CustomStringConvertible {
        /// What is wrong, without a capital letter and without a full stop.
        package let reason: String
        /// The position in bytes, from 0.
        package let offset: Int
        /// The reason and the position.
        package var description: String { "\(reason) (at byte \(offset))" }
    }

    private let bytes: [UInt8]
    private let maximumDepth: Int
    private var position = 0

    /// Reads the one value that a text consists of.
    ///
    /// - Parameters:
    ///   - bytes: the text in UTF-8, without a byte order mark.
    ///   - maximumDepth: the number of levels to which arrays and objects may nest.
    package static func read(_ bytes: [UInt8], maximumDepth: Int = 16) throws(Failure) -> JSON {
        var reader = JSONReader(bytes: bytes, maximumDepth: maximumDepth)
        let value = try reader.value(depth: 0)
        reader.skipSpace()
        guard reader.position == bytes.count else { throw reader.failure("the JSON value is followed by other text") }
        return value
    }

    private init(bytes: [UInt8], maximumDepth: Int) {
        self.bytes = bytes
        self.maximumDepth = maximumDepth
    }

    private func failure(_ reason: String) -> Failure { Failure(reason: reason, offset: position) }

    private var next: UInt8? { position < bytes.count ? bytes[position] : nil }

    private mutating func skipSpace() {
        while let byte = next, byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09 { position += 1 }
    }

    private mutating func take(_ byte: UInt8) -> Bool {
        guard next == byte else { return false }
        position += 1
        return true
    }

    private mutating func value(depth: Int) throws(Failure) -> JSON {
        skipSpace()
        if next == UInt8(ascii: "{") || next == UInt8(ascii: "[") {
            guard depth < maximumDepth else { throw failure("the JSON nests deeper than \(maximumDepth) levels") }
        }
        switch next {
        case UInt8(ascii: "{"): return try object(depth: depth)
        case UInt8(ascii: "["): return try array(depth: depth)
        case UInt8(ascii: "\""): return .string(try string())
        case UInt8(ascii: "t"): return try literal("true", .bool(true))
        case UInt8(ascii: "f"): return try literal("false", .bool(false))
        case UInt8(ascii: "n"): return try literal("null", .null)
        case .some(UInt8(ascii: "-")), .some(UInt8(ascii: "0")...UInt8(ascii: "9")): return try number()
        case nil: throw failure("the JSON text is incomplete")
        default: throw failure("expected a JSON value")
        }
    }

    private mutating func literal(_ word: StaticString, _ value: JSON) throws(Failure) -> JSON {
        for index in 0..<word.utf8CodeUnitCount where !take(word.utf8Start[index]) {
            throw failure("expected a JSON value")
        }
        return value
    }

    private mutating func object(depth: Int) throws(Failure) -> JSON {
        position += 1
        var members = JSONObject()
        skipSpace()
        if take(UInt8(ascii: "}")) { return .object(members) }
        repeat {
            skipSpace()
            guard next == UInt8(ascii: "\"") else { throw failure("expected a member name") }
            let name = try string()
            skipSpace()
            guard take(UInt8(ascii: ":")) else { throw failure("expected ':'") }
            let value = try value(depth: depth + 1)
            guard members.append(name, value) else {
                throw failure("\(JSONReader.naming(name)) appears more than once")
            }
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "}")) else { throw failure("expected ',' or '}'") }
        return .object(members)
    }

    /// A member as a message names it: by its name if that is short and of printable ASCII characters.
    private static func naming(_ name: String) -> String {
        let isShown = name.utf8.count <= 40 && name.utf8.allSatisfy { (0x20..<0x7F).contains($0) }
        return isShown ? "the member \"\(name)\"" : "a member"
    }

    private mutating func array(depth: Int) throws(Failure) -> JSON {
        position += 1
        var elements: [JSON] = []
        skipSpace()
        if take(UInt8(ascii: "]")) { return .array(elements) }
        repeat {
            elements.append(try value(depth: depth + 1))
            skipSpace()
        } while take(UInt8(ascii: ","))
        guard take(UInt8(ascii: "]")) else { throw failure("expected ',' or ']'") }
        return .array(elements)
    }

    private mutating func number() throws(Failure) -> JSON {
        let start = position
        var isInteger = true
        _ = take(UInt8(ascii: "-"))
        let leadingZero = next == UInt8(ascii: "0")
        let digits = try self.digits()
        guard !(leadingZero && digits > 1) else { throw failure("a number has a leading zero") }
        if take(UInt8(ascii: ".")) {
            isInteger = false
            _ = try self.digits()
        }
        if take(UInt8(ascii: "e")) || take(UInt8(ascii: "E")) {
            isInteger = false
            if !take(UInt8(ascii: "+")) { _ = take(UInt8(ascii: "-")) }
            _ = try self.digits()
        }
        let text = String(decoding: bytes[start..<position], as: UTF8.self)
        if isInteger, let integer = Int(text) { return .integer(integer) }
        guard let number = Double(text), number.isFinite else { throw failure("a number is out of range") }
        return .number(number)
    }

    private mutating func digits() throws(Failure) -> Int {
        let start = position
        while let byte = next, byte >= UInt8(ascii: "0"), byte <= UInt8(ascii: "9") { position += 1 }
        guard position > start else { throw failure("expected a digit") }
        return position - start
    }

    private mutating func string() throws(Failure) -> String {
        position += 1
        let start = position
        while let byte = next, byte != UInt8(ascii: "\""), byte != UInt8(ascii: "\\"), byte >= 0x20 { position += 1 }
        if take(UInt8(ascii: "\"")) { return try string(of: bytes[start..<position - 1]) }
        var text = Array(bytes[start..<position])
        while true {
            switch next {
            case UInt8(ascii: "\""):
                position += 1
                return try string(of: text[...])
            case UInt8(ascii: "\\"):
                position += 1
                try escape(into: &text)
            case .some(let byte) where byte >= 0x20:
                text.append(byte)
                position += 1
            case nil: throw failure("a string is not terminated")
            default: throw failure("a string contains an unescaped control character")
            }
        }
    }

    private func string(of text: ArraySlice<UInt8>) throws(Failure) -> String {
        guard let string = String(validUTF8: text) else { throw failure("a string is not valid UTF-8") }
        return string
    }

    private mutating func escape(into text: inout [UInt8]) throws(Failure) {
        guard let byte = next else { throw failure("a string is not terminated") }
        position += 1
        switch byte {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): text.append(byte)
        case UInt8(ascii: "b"): text.append(0x08)
        case UInt8(ascii: "f"): text.append(0x0C)
        case UInt8(ascii: "n"): text.append(0x0A)
        case UInt8(ascii: "r"): text.append(0x0D)
        case UInt8(ascii: "t"): text.append(0x09)
        case UInt8(ascii: "u"):
            var code = UInt32(try hexadecimal())
            if code & 0xFC00 == 0xD800 {
                guard take(UInt8(ascii: "\\")), take(UInt8(ascii: "u")) else {
                    throw failure("a string contains a lone surrogate")
                }
                let low = UInt32(try hexadecimal())
                guard low & 0xFC00 == 0xDC00 else { throw failure("a string contains a lone surrogate") }
                code = 0x10000 + (code & 0x3FF) << 10 + (low & 0x3FF)
            }
            guard let scalar = Unicode.Scalar(code) else { throw failure("a string contains a lone surrogate") }
            text.append(contentsOf: scalar.utf8)
        default: throw failure("a string contains an unknown escape sequence")
        }
    }

    private mutating func hexadecimal() throws(Failure) -> UInt16 {
        guard position + 4 <= bytes.count else { throw failure("expected four hexadecimal digits") }
        var code: UInt16 = 0
        for _ in 0..<4 {
            guard let digit = Character(Unicode.Scalar(bytes[position])).hexDigitValue, bytes[position] < 0x80 else {
                throw failure("expected four hexadecimal digits")
            }
            code = code << 4 | UInt16(digit)
            position += 1
        }
        return code
    }
}
