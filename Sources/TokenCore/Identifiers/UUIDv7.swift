/// A time-ordered UUID (RFC 9562 §5.7): 48 bits of milliseconds, 74 random bits. An identifier, never a secret.
package struct UUIDv7: Hashable, Sendable {
    /// The sixteen bytes as two big-endian halves.
    package let high: UInt64
    package let low: UInt64

    package init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// - Parameter random: 16 random bytes, of which 74 bits are used.
    package init(at time: Timestamp, random: RandomBytes<16>) {
        let bits = random.bytes.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64).self) }
        high = UInt64(truncatingIfNeeded: time.milliseconds) << 16 | 0x7000 | bits.0 & 0x0FFF
        low = 1 << 63 | bits.1 >> 2
    }

    /// - Parameter bytes: exactly sixteen bytes; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == 16 else { return nil }
        let halves = bytes.withUnsafeBytes { $0.loadUnaligned(as: (UInt64, UInt64).self) }
        self.init(high: UInt64(bigEndian: halves.0), low: UInt64(bigEndian: halves.1))
    }

    /// Reads the canonical form only: 36 characters, lower-case hexadecimal.
    package init?(_ text: some StringProtocol) {
        let characters = Array(text.utf8)
        guard characters.count == 36 else { return nil }
        var bytes: [UInt8] = []
        var index = 0
        while index < 36 {
            if index == 8 || index == 13 || index == 18 || index == 23 {
                guard characters[index] == UInt8(ascii: "-") else { return nil }
                index += 1
                continue
            }
            guard let upper = UUIDv7.value(characters[index]), let lower = UUIDv7.value(characters[index + 1]) else {
                return nil
            }
            bytes.append(upper << 4 | lower)
            index += 2
        }
        self.init(bytes: bytes)
    }

    package var time: Timestamp { Timestamp(milliseconds: Int64(high >> 16)) }

    package var bytes: [UInt8] {
        withUnsafeBytes(of: (high.bigEndian, low.bigEndian)) { Array($0) }
    }

    private static let digits = Array("0123456789abcdef".utf8)

    private static func value(_ character: UInt8) -> UInt8? {
        switch character {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): character - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): character - UInt8(ascii: "a") + 10
        default: nil
        }
    }
}

extension UUIDv7: CustomStringConvertible {
    package var description: String {
        String(unsafeUninitializedCapacity: 36) { text in
            var length = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    text[length] = UInt8(ascii: "-")
                    length += 1
                }
                let nibble = (index < 16 ? high : low) >> UInt64(60 - index % 16 * 4) & 15
                text[length] = UUIDv7.digits[Int(nibble)]
                length += 1
            }
            return length
        }
    }
}
