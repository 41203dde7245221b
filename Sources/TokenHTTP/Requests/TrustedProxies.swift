package import Accounts
import Foundation
import HTTPTypes

/// The proxies whose `X-Forwarded-For` is trusted.
package struct TrustedProxies: Sendable {
    private struct Network: Sendable {
        let address: IPAddress
        let prefixLength: Int

        /// Reads an address or a CIDR block (RFC 4632 §3.1, RFC 4291 §2.3); nil for anything else.
        init?(_ text: String) {
            let parts = text.utf8.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
                .map { String(Substring($0)) }
            guard parts.count <= 2, let address = IPAddress(parts[0]) else { return nil }
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

    /// The other end of a connection.
    package struct Peer: Sendable {
        let address: ClientAddress
        /// Whether it is a trusted proxy.
        let isTrusted: Bool
    }

    private let networks: [Network]
    /// Whether the peers of a Unix socket are trusted.
    package let trustsUnixSocket: Bool

    /// Trusts no proxy.
    package static let none = TrustedProxies(networks: [], trustsUnixSocket: false)

    private init(networks: [Network], trustsUnixSocket: Bool) {
        self.networks = networks
        self.trustsUnixSocket = trustsUnixSocket
    }

    /// - Parameter list: addresses, CIDR blocks and `unix`; nil when an entry is none of these.
    package init?(_ list: [String]) {
        trustsUnixSocket = list.contains("unix")
        let blocks = list.filter { $0 != "unix" }
        networks = blocks.compactMap { Network($0) }
        guard networks.count == blocks.count else { return nil }
    }

    /// The other end of a connection.
    ///
    /// - Parameter ip: its IP address; nil for the peer of a Unix socket.
    package func peer(_ ip: String?) -> Peer {
        Peer(address: ip.map { ClientAddress($0) } ?? .unknown, isTrusted: isTrusted(ip))
    }

    /// Where a request came from: the peer, or, if that is a trusted proxy, the last address of `X-Forwarded-For` that
    /// is not a trusted proxy's.
    package func origin(of peer: Peer, headers: HeaderFields) -> ClientAddress {
        guard peer.isTrusted else { return peer.address }
        var origin: String?
        for hop in headers[values: .xForwardedFor].flatMap({ $0.utf8.listMembers() }).reversed() {
            // No trusted proxy writes anything but an address.
            guard let address = IPAddress(forwarded: hop) else { break }
            origin = address.text
            if !isTrusted(address) { break }
        }
        return origin.map { ClientAddress($0) } ?? peer.address
    }

    /// Whether a peer is a trusted proxy.
    ///
    /// - Parameter ip: its IP address; nil for the peer of a Unix socket.
    func isTrusted(_ ip: String?) -> Bool {
        guard let ip else { return trustsUnixSocket }
        return !networks.isEmpty && IPAddress(ip).map { isTrusted($0) } ?? false
    }

    private func isTrusted(_ address: IPAddress) -> Bool { networks.contains { $0.contains(address) } }
}

extension IPAddress {
    /// Reads a member of `X-Forwarded-For`: an address, to which some proxies add a port (`192.0.2.1:4711`,
    /// `[2001:db8::1]:4711`).
    fileprivate init?(forwarded hop: Substring.UTF8View.SubSequence) {
        // The longest IPv6 address, with brackets and a port.
        guard hop.count <= 53 else { return nil }
        let colon = UInt8(ascii: ":")
        if hop.first == UInt8(ascii: "[") {
            guard let end = hop.firstIndex(of: UInt8(ascii: "]")) else { return nil }
            let rest = hop[hop.index(after: end)...]
            guard rest.isEmpty || rest.first == colon && IPAddress.isPort(rest.dropFirst()) else { return nil }
            self.init(String(Substring(hop[hop.index(after: hop.startIndex)..<end])))
        } else if let only = hop.firstIndex(of: colon), hop.lastIndex(of: colon) == only {
            guard IPAddress.isPort(hop[hop.index(after: only)...]) else { return nil }
            self.init(String(Substring(hop[..<only])))
        } else {
            self.init(String(Substring(hop)))
        }
    }

    /// The usual spelling (RFC 5952 §4).
    fileprivate var text: String {
        guard isV6 else { return bytes.map { String($0) }.joined(separator: ".") }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        guard inet_ntop(AF_INET6, bytes, &text, socklen_t(text.count)) != nil else { return "" }
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func isPort(_ bytes: Substring.UTF8View.SubSequence) -> Bool {
        (1...5).contains(bytes.count) && bytes.allSatisfy { UInt8(ascii: "0")...UInt8(ascii: "9") ~= $0 }
    }
}
