/// The address that a request came from, and the key by which its attempts are counted: an IPv6 host may use any
/// address of its /64, so a /64 is one key. An address that is unknown has no key: it may be anybody's.
package struct ClientAddress: Hashable, Sendable, CustomStringConvertible {
    /// As it is shown and stored.
    package let text: String
    /// As it is counted; nil for an address that is unknown.
    package let prefix: String?

    /// Of a client that a proxy did not name, which reached the service over a Unix socket.
    package static let unknown = ClientAddress(text: "unknown", prefix: nil)

    private init(text: String, prefix: String?) {
        self.text = text
        self.prefix = prefix
    }

    package init(_ text: String) {
        self.text = text
        // A zone names an interface of this machine, not another host (RFC 4007 §11).
        let withoutZone = text.utf8.firstIndex(of: UInt8(ascii: "%")).map { String(text[..<$0]) } ?? text
        guard text.utf8.contains(UInt8(ascii: ":")), let address = IPAddress(withoutZone) else {
            prefix = text
            return
        }
        if address.isV6 {
            let groups = stride(from: 0, to: 8, by: 2).map {
                String(UInt16(address.bytes[$0]) << 8 | UInt16(address.bytes[$0 + 1]), radix: 16)
            }
            prefix = groups.joined(separator: ":") + "::/64"
        } else {
            prefix = address.bytes.map { String($0) }.joined(separator: ".")
        }
    }

    package var description: String { text }
}
