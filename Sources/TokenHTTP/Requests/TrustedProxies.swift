package import Accounts
package import HTTPTypes

/// The proxies whose `X-Forwarded-For` is trusted.
package struct TrustedProxies: Sendable {
    private struct Network: Sendable {
        let address: IPAddress
        let prefixLength: Int

        /// Reads an address or a CIDR block (RFC 4632 §3.1, RFC 4291 §2.3); nil for anything else.
        init?(_ text: String) {
            let parts = text.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let address = IPAddress(String(parts[0])) else { return nil }
            self.address = address
            let length = address.bytes.count * 8
            guard parts.count == 2 else {
                prefixLength = length
                return
            }
            // A block of IPv4-mapped IPv6 addresses is a block of IPv4 addresses, 96 bits shorter.
            let isMapped = !address.isV6 && parts[0].utf8.contains(UInt8(ascii: ":"))
            guard let given = Int(parts[1]), (0...128).contains(given) else { return nil }
            prefixLength = given - (isMapped ? 96 : 0)
            guard (0...length).contains(prefixLength) else { return nil }
        }

        func contains(_ other: IPAddress) -> Bool {
            guard other.bytes.count == address.bytes.count else { return false }
            return (0..<prefixLength).allSatisfy { bit in
                let difference = other.bytes[bit / 8] ^ address.bytes[bit / 8]
                return difference & (0x80 >> UInt8(bit % 8)) == 0
            }
        }
    }

    private let networks: [Network]

    /// Trusts no proxy.
    package static let none = TrustedProxies(networks: [])

    private init(networks: [Network]) { self.networks = networks }

    /// - Parameter list: addresses and CIDR blocks; nil when an entry is neither.
    package init?(_ list: [String]) {
        networks = list.compactMap { Network($0) }
        guard networks.count == list.count else { return nil }
    }

    /// Where a request came from: the peer, or, if that is a trusted proxy, the last address of `X-Forwarded-For` that
    /// is not a trusted proxy's.
    package func origin(peer: String, headers: HTTPFields) -> ClientAddress {
        guard !networks.isEmpty, isTrusted(peer) else { return ClientAddress(peer) }
        let hops = headers[values: .xForwardedFor].flatMap { $0.split(separator: ",") }
            .map { String($0.trimmingSpaces()) }
        var origin = peer
        for hop in hops.reversed() {
            // No trusted proxy writes anything but an address.
            guard IPAddress(hop) != nil else { break }
            origin = hop
            if !isTrusted(hop) { break }
        }
        return ClientAddress(origin)
    }

    /// Whether an address is a trusted proxy's.
    func isTrusted(_ text: String) -> Bool {
        guard !networks.isEmpty, let address = IPAddress(text) else { return false }
        return networks.contains { $0.contains(address) }
    }
}
