import StrictCoding

/// Links of the console whose parts come from the database.
enum ConsoleLink {
    /// The page of a subject.
    static func subject(_ id: String) -> String { "/console/subjects/" + encode(id) }

    /// The page of a client.
    static func client(_ id: String) -> String { "/console/clients/" + encode(id) }

    /// A query of the fields that have a value.
    static func query(_ fields: [(name: String, value: String?)]) -> String {
        "?" + fields.compactMap { name, value in value.map { "\(name)=\(encode($0))" } }.joined(separator: "&")
    }

    /// Percent-encodes everything but unreserved characters (RFC 3986 §2.3).
    private static func encode(_ text: String) -> String {
        var encoded = ""
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "A")...UInt8(ascii: "Z"), UInt8(ascii: "a")...UInt8(ascii: "z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                encoded.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let digits = String(byte, radix: 16, uppercase: true)
                encoded += digits.utf8.count == 1 ? "%0\(digits)" : "%\(digits)"
            }
        }
        return encoded
    }
}
