/// Base64url without padding (RFC 4648 §5). Decoding is strict: each value has exactly one accepted spelling.
package enum Base64URL {
    private static let alphabet = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_".utf8)

    private static let values: [UInt8] = {
        var table = [UInt8](repeating: 0xFF, count: 256)
        for (value, character) in alphabet.enumerated() { table[Int(character)] = UInt8(value) }
        return table
    }()

    /// Appends the encoding of `bytes`, in ASCII, to `output`.
    package static func encode(_ bytes: [UInt8], into output: inout [UInt8]) {
        let start = output.count
        output.append(contentsOf: repeatElement(0, count: length(of: bytes)))
        output.withUnsafeMutableBufferPointer { encode(bytes, into: $0, from: start) }
    }

    /// Returns the encoding of `bytes`.
    package static func encode(_ bytes: some Sequence<UInt8>) -> String { encode(Array(bytes)) }

    /// Returns the encoding of bytes that are in an array already.
    package static func encode(_ bytes: [UInt8]) -> String {
        let length = length(of: bytes)
        return String(unsafeUninitializedCapacity: length) { output in
            encode(bytes, into: output, from: 0)
            return length
        }
    }

    private static func length(of bytes: [UInt8]) -> Int { (bytes.count * 4 + 2) / 3 }

    /// Every byte of every token passes through this loop. Plain buffers keep generic code out of it.
    ///
    /// - Parameter start: the index of the first character in `output`.
    private static func encode(_ bytes: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>, from start: Int) {
        alphabet.withUnsafeBufferPointer { alphabet in
            var position = start
            var index = 0
            while index + 2 < bytes.count {
                let bits = UInt32(bytes[index]) << 16 | UInt32(bytes[index + 1]) << 8 | UInt32(bytes[index + 2])
                output[position] = alphabet[Int(bits >> 18)]
                output[position + 1] = alphabet[Int(bits >> 12 & 0x3F)]
                output[position + 2] = alphabet[Int(bits >> 6 & 0x3F)]
                output[position + 3] = alphabet[Int(bits & 0x3F)]
                index += 3
                position += 4
            }
            guard index < bytes.count else { return }
            let second = index + 1 < bytes.count ? bytes[index + 1] : nil
            let bits = UInt32(bytes[index]) << 16 | UInt32(second ?? 0) << 8
            output[position] = alphabet[Int(bits >> 18)]
            output[position + 1] = alphabet[Int(bits >> 12 & 0x3F)]
            if second != nil { output[position + 2] = alphabet[Int(bits >> 6 & 0x3F)] }
        }
    }

    /// Decodes base64url text, given as UTF-8.
    ///
    /// - Returns: nil for padding, a character outside the alphabet, an impossible length, or unused bits that are not
    ///   zero. A lenient decoder would accept many spellings of one token.
    package static func decode(_ text: some Sequence<UInt8>) -> [UInt8]? { decode(Array(text)) }

    /// Decodes base64url text that is in an array already.
    ///
    /// - Returns: nil for the same texts as the generic `decode(_:)`.
    package static func decode(_ text: [UInt8]) -> [UInt8]? {
        guard text.count % 4 != 1 else { return nil }
        var isValid = true
        let output = [UInt8](unsafeUninitializedCapacity: text.count * 3 / 4) { output, count in
            isValid = decode(text, into: output, &count)
        }
        return isValid ? output : nil
    }

    /// - Returns: false for a text that is not valid.
    private static func decode(
        _ text: [UInt8], into output: UnsafeMutableBufferPointer<UInt8>, _ count: inout Int
    ) -> Bool {
        values.withUnsafeBufferPointer { values in
            text.withUnsafeBufferPointer { text in
                /// 24 bits of up to four characters, the missing ones as zeros; nil for a character outside the
                /// alphabet.
                func bits(at index: Int, of length: Int) -> UInt32? {
                    var bits: UInt32 = 0
                    for offset in 0..<length {
                        let value = values[Int(text[index + offset])]
                        guard value != 0xFF else { return nil }
                        bits |= UInt32(value) << UInt32(18 - 6 * offset)
                    }
                    return bits
                }
                var index = 0
                while index + 3 < text.count {
                    guard let bits = bits(at: index, of: 4) else { return false }
                    output[count] = UInt8(truncatingIfNeeded: bits >> 16)
                    output[count + 1] = UInt8(truncatingIfNeeded: bits >> 8)
                    output[count + 2] = UInt8(truncatingIfNeeded: bits)
                    count += 3
                    index += 4
                }
                let rest = text.count - index
                guard rest > 0 else { return true }
                guard let bits = bits(at: index, of: rest), bits & (rest == 2 ? 0xFFFF : 0xFF) == 0 else {
                    return false
                }
                output[count] = UInt8(truncatingIfNeeded: bits >> 16)
                if rest == 3 { output[count + 1] = UInt8(truncatingIfNeeded: bits >> 8) }
                count += rest - 1
                return true
            }
        }
    }
}
