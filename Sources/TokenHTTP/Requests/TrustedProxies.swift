import Accounts
import Foundation
import HTTPTypes

/// The proxies whose `X-Forwarded-For` is believed.
package struct TrustedProxies: Sendable {
    private struct Network: Sendable {
        let bytes: [UInt8]
        let prefixLength: Int

        func contains(_ address: [UInt8]) -> Bool {
            guard address.count == bytes.count else { return false }
            return (0..<prefixLength).allSatisfy { bit in
                (address[bit / 8] ^ bytes[bit / 8]) & (0x80 >> UInt8(bit % 8)) == 0
            }
        }
    }

    private let networks: [Network]

    package static let none = TrustedProxies(networks: [])

    private init(networks: [Network]) { self.networks = networks }

    /// - Parameter list: addresses and CIDR blocks; nil when one is neither.
    package init?(_ list: [String]) {
        var networks: [Network] = []
        for entry in list {
            let parts = entry.split(separator: "/", omittingEmptySubsequences: false)
            guard parts.count <= 2, let bytes = TrustedProxies.bytes(of: String(parts[0])) else { return nil }
            var length = bytes.count * 8
            if parts.count == 2 {
                guard let given = Int(parts[1]), (0...length).contains(given) else { return nil }
                length = given
            }
            networks.append(Network(bytes: bytes, prefixLength: length))
        }
        self.networks = networks
    }

    /// Where a request came from: the peer, or, while that is a trusted proxy, whom it says it speaks for, from the last
    /// entry backwards.
    func origin(peer: String, headers: HTTPFields) -> ClientAddress {
        guard !networks.isEmpty, isTrusted(peer) else { return ClientAddress(peer) }
        let hops = headers[values: .xForwardedFor].flatMap { $0.split(separator: ",") }
            .map { String($0.trimmingSpaces()) }
        var origin = peer
        for hop in hops.reversed() {
            // What is no address was not written by a proxy one can trust.
            guard TrustedProxies.bytes(of: hop) != nil else { break }
            origin = hop
            if !isTrusted(hop) { break }
        }
        return ClientAddress(origin)
    }

    private func isTrusted(_ address: String) -> Bool {
        guard let bytes = TrustedProxies.bytes(of: address) else { return false }
        return networks.contains { $0.contains(bytes) }
    }

    private static func bytes(of address: String) -> [UInt8]? {
        var v4 = in_addr()
        if inet_pton(AF_INET, address, &v4) == 1 { return withUnsafeBytes(of: v4) { Array($0) } }
        var v6 = in6_addr()
        if inet_pton(AF_INET6, address, &v6) == 1 { return withUnsafeBytes(of: v6) { Array($0) } }
        return nil
    }
}

extension HTTPField.Name {
    // Constant names that are known to be valid.
    static let xForwardedFor = HTTPField.Name("X-Forwarded-For")!
    static let xRequestID = HTTPField.Name("X-Request-Id")!
    static let retryAfter = HTTPField.Name("Retry-After")!
}
