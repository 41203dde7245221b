/// The encoding of names and values in `application/x-www-form-urlencoded` (RFC 6749 appendix B).
package enum FormEncoding {
    /// Decodes one name or value; nil when its percent-encoding is invalid or it is not UTF-8.
    package static func decode(_ encoded: some Collection<UInt8>) -> String? { decode(Array(encoded)[...]) }

    /// The same for the most frequent type: code of another module that is generic allocates memory for each byte.
    package static func decode(_ encoded: ArraySlice<UInt8>) -> String? {
        let isPlain = encoded.allSatisfy { $0 != UInt8(ascii: "+") && $0 != UInt8(ascii: "%") }
        if isPlain { return String(validUTF8: encoded) }
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
        return String(validUTF8: decoded[...])
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): character - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// Encodes one name or value. Letters, digits and `*-._` stay as they are: some servers do not decode what need not
    /// be encoded.
    package static func encode(_ text: String) -> String {
        var encoded: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "*"), UInt8(ascii: "-"), UInt8(ascii: "."),
                UInt8(ascii: "_"):
                encoded.append(byte)
            case UInt8(ascii: " "): encoded.append(UInt8(ascii: "+"))
            default: encoded += [UInt8(ascii: "%"), hexadecimal[Int(byte >> 4)], hexadecimal[Int(byte & 15)]]
            }
        }
        return String(decoding: encoded, as: UTF8.self)
    }

    /// Encodes fields in their order.
    package static func encode(_ fields: [(name: String, value: String)]) -> String {
        fields.map { encode($0.name) + "=" + encode($0.value) }.joined(separator: "&")
    }

    private static let hexadecimal = Array("0123456789ABCDEF".utf8)
}
