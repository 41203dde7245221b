/// The address a request came from, as it is counted: an IPv6 host has a whole /64 to move in, so that is one key.
package struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
    /// As it is shown and kept.
    package let text: String
    /// As it is counted.
    package let prefix: String

    package init(_ text: String) {
        self.text = text
        guard text.contains(":"), let groups = ClientAddress.groups(of: text) else {
            prefix = text
            return
        }
        // An IPv4 address in IPv6 clothes counts as what it is.
        if groups[0..<5].allSatisfy({ $0 == 0 }), groups[5] == 0xFFFF {
            prefix = "\(groups[6] >> 8).\(groups[6] & 255).\(groups[7] >> 8).\(groups[7] & 255)"
        } else {
            prefix = groups[0..<4].map { String($0, radix: 16) }.joined(separator: ":") + "::/64"
        }
    }

    package var description: String { text }

    /// The eight groups of an IPv6 address (RFC 4291 §2.2); nil when it is none.
    private static func groups(of text: String) -> [UInt16]? {
        let address = text.split(separator: "%", omittingEmptySubsequences: false)[0]
        let halves = address.split(separator: "::", maxSplits: 1, omittingEmptySubsequences: false)
        func parse(_ half: Substring) -> [UInt16]? {
            var groups: [UInt16] = []
            if half.isEmpty { return groups }
            for part in half.split(separator: ":", omittingEmptySubsequences: false) {
                if part.contains(".") {
                    let bytes = part.split(separator: ".").compactMap { UInt8($0) }
                    guard bytes.count == 4 else { return nil }
                    groups.append(UInt16(bytes[0]) << 8 | UInt16(bytes[1]))
                    groups.append(UInt16(bytes[2]) << 8 | UInt16(bytes[3]))
                } else {
                    guard let group = UInt16(part, radix: 16) else { return nil }
                    groups.append(group)
                }
            }
            return groups
        }
        guard let head = parse(halves[0]), let tail = halves.count == 2 ? parse(halves[1]) : [] else { return nil }
        let missing = 8 - head.count - tail.count
        guard halves.count == 2 ? missing >= 1 : missing == 0 else { return nil }
        return head + [UInt16](repeating: 0, count: missing) + tail
    }
}
