import Foundation

/// An IPv4 or IPv6 address as its bytes. An IPv4 address that is mapped into IPv6 (`::ffff:192.0.2.1`) is the IPv4
/// address.
package struct IPAddress: Hashable, Sendable {
    /// Four or sixteen bytes, in network order.
    package let bytes: [UInt8]

    private static let mappedPrefix: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    /// Reads an address without brackets, port or zone; nil for anything else.
    package init?(_ text: String) {
        // inet_pton reads no further.
        guard !text.utf8.contains(0) else { return nil }
        var v4 = in_addr()
        var v6 = in6_addr()
        if inet_pton(AF_INET, text, &v4) == 1 {
            bytes = withUnsafeBytes(of: v4) { Array($0) }
        } else if inet_pton(AF_INET6, text, &v6) == 1 {
            let all = withUnsafeBytes(of: v6) { Array($0) }
            bytes = all.starts(with: IPAddress.mappedPrefix) ? Array(all.dropFirst(12)) : all
        } else {
            return nil
        }
    }

    package var isV6: Bool { bytes.count == 16 }
}
