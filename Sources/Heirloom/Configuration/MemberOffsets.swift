import StrictCoding

/// Where the members of a JSON text are.
package enum MemberOffsets {
    /// The offset in bytes of each member's name, by the member's path. Members in arrays have none.
    ///
    /// - Parameter text: a text that ``StrictCoding/JSONReader`` has accepted.
    package static func all(in text: [UInt8]) -> [String: Int] {
        var scanner = Scanner(text: text)
        scanner.value(under: "")
        return scanner.offsets
    }

    private struct Scanner {
        let text: [UInt8]
        var offsets: [String: Int] = [:]
        var position = 0

        private var next: UInt8? { position < text.count ? text[position] : nil }

        private mutating func skipSpace() {
            while let byte = next, byte <= 0x20 { position += 1 }
        }

        /// - Parameter path: nil inside an array.
        mutating func value(under path: String?) {
            skipSpace()
            switch next {
            case UInt8(ascii: "{"): members(until: UInt8(ascii: "}"), under: path)
            case UInt8(ascii: "["): members(until: UInt8(ascii: "]"), under: nil)
            case UInt8(ascii: "\""): string()
            default:
                while let byte = next, byte > 0x20, !",]}".utf8.contains(byte) { position += 1 }
            }
        }

        private mutating func members(until end: UInt8, under path: String?) {
            position += 1
            while let byte = next, byte != end {
                guard byte > 0x20, byte != UInt8(ascii: ",") else {
                    position += 1
                    continue
                }
                guard end == UInt8(ascii: "}") else {
                    value(under: nil)
                    continue
                }
                let start = position
                string()
                var inner: String?
                if let path, let name = try? JSONReader.read(Array(text[start..<position])).string {
                    inner = path.isEmpty ? name : "\(path).\(name)"
                    offsets[path.isEmpty ? name : "\(path).\(name)"] = start
                }
                skipSpace()
                position += 1
                value(under: inner)
            }
            position += 1
        }

        private mutating func string() {
            position += 1
            while let byte = next, byte != UInt8(ascii: "\"") { position += byte == UInt8(ascii: "\\") ? 2 : 1 }
            position += 1
        }
    }
}
