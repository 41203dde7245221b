/// Text in a form that PostgreSQL can store. PostgreSQL cannot store U+0000. It is written as the noncharacter U+FFFE
/// and the digit 0; U+FFFE itself is written with the digit 1, which keeps the encoding unambiguous.
enum PostgresText {
    private static let mark: [UInt8] = [0xEF, 0xBF, 0xBE]  // U+FFFE

    static func encode(_ text: String) -> [UInt8] {
        let bytes = Array(text.utf8)
        guard bytes.contains(0) || bytes.contains(0xEF) else { return bytes }
        var encoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index] == 0 {
                encoded += mark + [UInt8(ascii: "0")]
                index += 1
            } else if bytes[index...].starts(with: mark) {
                encoded += mark + [UInt8(ascii: "1")]
                index += mark.count
            } else {
                encoded.append(bytes[index])
                index += 1
            }
        }
        return encoded
    }

    static func decode(_ bytes: UnsafeBufferPointer<UInt8>) -> String {
        guard bytes.contains(mark[0]) else { return String(decoding: bytes, as: UTF8.self) }
        var decoded: [UInt8] = []
        var index = 0
        while index < bytes.count {
            if bytes[index...].starts(with: mark), index + mark.count < bytes.count {
                if bytes[index + mark.count] == UInt8(ascii: "0") { decoded.append(0) } else { decoded += mark }
                index += mark.count + 1
            } else {
                decoded.append(bytes[index])
                index += 1
            }
        }
        return String(decoding: decoded, as: UTF8.self)
    }
}
