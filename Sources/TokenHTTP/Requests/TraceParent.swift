/// The value of a `traceparent` header (W3C Trace Context §3.2.2).
package struct TraceParent {
    /// 32 lower-case hexadecimal digits, not all zero.
    package let traceID: String

    /// Nil for a value that is not valid. Of a version above 00, what follows the flags is not read (§4.3).
    package init?(_ value: String) {
        let bytes = Array(value.utf8)
        guard bytes.count >= 55 else { return nil }
        let fields = [bytes[0..<2], bytes[3..<35], bytes[36..<52], bytes[53..<55]]
        let dash = UInt8(ascii: "-")
        guard fields.allSatisfy({ $0.allSatisfy(TraceParent.isDigit) }),
            [2, 35, 52].allSatisfy({ bytes[$0] == dash }),
            !fields[0].elementsEqual("ff".utf8),
            fields[1].contains(where: { $0 != UInt8(ascii: "0") }),
            fields[2].contains(where: { $0 != UInt8(ascii: "0") }),
            bytes.count == 55 || !fields[0].elementsEqual("00".utf8) && bytes[55] == dash
        else { return nil }
        traceID = String(decoding: fields[1], as: UTF8.self)
    }

    private static func isDigit(_ byte: UInt8) -> Bool {
        UInt8(ascii: "0")...UInt8(ascii: "9") ~= byte || UInt8(ascii: "a")...UInt8(ascii: "f") ~= byte
    }
}
