package import TokenCore

/// The address that a request came from, and the prefixes by which its attempts are counted.
///
/// An IPv6 host may use any address of its /64, a household any of its /56 and a company any of its /48, so attempts
/// are counted by each of these. IPv4 addresses are counted one by one: they are scarce, and neighbours belong to
/// different people. An address that is unknown is not counted: it may be anybody's.
package struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
    /// As it is shown and stored.
    package let text: String
    /// The host's own prefix; nil for an address that is unknown.
    package let prefix: String?
    /// The prefixes that hold the host, beside its own; empty for IPv4.
    package let widerPrefixes: [AddressRange: String]
    /// What shares the places of a queue: an IPv6 /48 or an IPv4 /24; nil when the text is not an address.
    package let network: String?

    /// Of a client that a proxy did not name, which reached the service over a Unix socket.
    package static let unknown = ClientAddress()

    private init() {
        text = "unknown"
        prefix = nil
        widerPrefixes = [:]
        network = nil
    }

    package init(_ text: String) {
        self.text = text
        // A zone names an interface of this machine, not another host (RFC 4007 §11).
        let withoutZone = text.utf8.firstIndex(of: UInt8(ascii: "%")).map { String(text[..<$0]) } ?? text
        guard let address = IPAddress(withoutZone) else {
            prefix = text
            widerPrefixes = [:]
            network = nil
            return
        }
        if let bytes = ClientAddress.ipv4(address) {
            prefix = bytes.map { String($0) }.joined(separator: ".")
            widerPrefixes = [:]
            network = bytes.prefix(3).map { String($0) }.joined(separator: ".") + ".0/24"
        } else {
            prefix = ClientAddress.prefix(of: address.bytes, byteCount: 8)
            let organization = ClientAddress.prefix(of: address.bytes, byteCount: 6)
            widerPrefixes = [
                .site: ClientAddress.prefix(of: address.bytes, byteCount: 7), .organization: organization,
            ]
            network = organization
        }
    }

    package var description: String { text }

    /// The prefix of translated addresses (RFC 6052 §2.1): the last four bytes are the host's IPv4 address.
    private static let translatedPrefix: [UInt8] = [0, 0x64, 0xFF, 0x9B, 0, 0, 0, 0, 0, 0, 0, 0]

    /// The IPv4 address of a host, also when a translator has put it into IPv6.
    private static func ipv4(_ address: IPAddress) -> [UInt8]? {
        if !address.isV6 { return address.bytes }
        return address.bytes.starts(with: translatedPrefix) ? Array(address.bytes.suffix(4)) : nil
    }

    private static func prefix(of address: [UInt8], byteCount: Int) -> String {
        let bytes = address.prefix(byteCount) + Array(repeating: 0, count: 8 - byteCount)
        let groups = stride(from: 0, to: 8, by: 2).map {
            String(UInt16(bytes[$0]) << 8 | UInt16(bytes[$0 + 1]), radix: 16)
        }
        return groups.joined(separator: ":") + "::/\(byteCount * 8)"
    }
}
