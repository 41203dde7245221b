import Accounts

/// Names and addresses of this machine alone.
package enum LoopbackHost {
    /// Whether a host, without a port, is loopback: `localhost` and the names below it (RFC 6761 §6.3), 127.0.0.0/8, or
    /// `::1` with or without brackets.
    package static func contains(_ host: some StringProtocol) -> Bool {
        var name = Array(host.utf8)
        if let address = IPAddress(String(decoding: unbracketed(name), as: UTF8.self)) { return address.isLoopback }
        if name.last == UInt8(ascii: ".") { name.removeLast() }
        let lowercased = name.map { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains($0) ? $0 | 0x20 : $0 }
        return lowercased == Array("localhost".utf8) || lowercased.suffix(10) == Array(".localhost".utf8)[...]
    }

    /// Whether a `Host` header, with or without a port, names a loopback host (RFC 9110 §7.2).
    package static func isNamed(by header: String) -> Bool {
        let bytes = Array(header.utf8)
        let end = bytes.first == UInt8(ascii: "[") ? bytes.firstIndex(of: UInt8(ascii: "]")) ?? bytes.endIndex : 0
        guard let colon = bytes[min(end, bytes.endIndex)...].firstIndex(of: UInt8(ascii: ":")) else {
            return contains(header)
        }
        let isPort = bytes[(colon + 1)...].allSatisfy { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isPort && contains(String(decoding: bytes[..<colon], as: UTF8.self))
    }

    private static func unbracketed(_ host: [UInt8]) -> ArraySlice<UInt8> {
        host.first == UInt8(ascii: "[") && host.last == UInt8(ascii: "]") ? host.dropFirst().dropLast() : host[...]
    }
}

extension IPAddress {
    fileprivate var isLoopback: Bool {
        isV6 ? bytes.dropLast().allSatisfy { $0 == 0 } && bytes.last == 1 : bytes.first == 127
    }
}
