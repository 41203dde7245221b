/// The fields of a form or a query (`application/x-www-form-urlencoded`), read strictly: a repeated name, an invalid
/// percent-encoding and invalid UTF-8 are errors (RFC 6749 §3.2, appendix B).
package struct FormFields: Sendable {
    private static let maximumCount = 64

    /// Few, so that looking through them is fast. Names are compared as bytes.
    private var values: [(name: String, value: String)] = []

    /// - Throws: `invalid_request`.
    package init(_ bytes: some Collection<UInt8>) throws {
        let fields = bytes.split(separator: UInt8(ascii: "&"))
        guard fields.count <= FormFields.maximumCount else {
            throw Problem(.invalidRequest, "There are too many fields.")
        }
        for field in fields {
            let equals = field.firstIndex(of: UInt8(ascii: "="))
            let rest = equals.map { field[field.index(after: $0)...] }
            guard let name = FormFields.decode(field[..<(equals ?? field.endIndex)]),
                let value = rest.map({ FormFields.decode($0) }) ?? ""
            else { throw Problem(.invalidRequest, "A field is not percent-encoded UTF-8.") }
            guard index(of: name) == nil else { throw Problem(.invalidRequest, "A field appears more than once.") }
            values.append((name, value))
        }
    }

    /// Whether there is no field but those of `names`.
    func hasOnly(_ names: [String]) -> Bool {
        values.allSatisfy { field in names.contains { $0.utf8.elementsEqual(field.name.utf8) } }
    }

    /// A field's value; nil when it is absent or empty, which have the same meaning (RFC 6749 §3.2).
    package subscript(name: String) -> String? {
        guard let index = index(of: name), !values[index].value.isEmpty else { return nil }
        return values[index].value
    }

    private func index(of name: String) -> Int? { values.firstIndex { $0.name.utf8.elementsEqual(name.utf8) } }

    /// A field's value.
    ///
    /// - Throws: `invalid_request` when it is absent or empty.
    func required(_ name: String) throws -> String {
        guard let value = self[name] else { throw Problem(.invalidRequest, "The field \(name) is missing.") }
        return value
    }

    /// Decodes one name or value; nil when its encoding is invalid.
    static func decode(_ encoded: some Collection<UInt8>) -> String? {
        let isPlain = encoded.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "%") }
        if isPlain { return String(validating: encoded, as: UTF8.self) }
        var decoded: [UInt8] = []
        var rest = encoded.makeIterator()
        while let byte = rest.next() {
            switch byte {
            case UInt8(ascii: "+"): decoded.append(UInt8(ascii: " "))
            case UInt8(ascii: "%"):
                guard let high = rest.next().flatMap(digit), let low = rest.next().flatMap(digit) else { return nil }
                decoded.append(high << 4 | low)
            default: decoded.append(byte)
            }
        }
        return String(validating: decoded, as: UTF8.self)
    }

    /// Encodes one name or value.
    package static func encode(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"):
                encoded.append(byte)
            default: encoded += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 0xF)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }
}
