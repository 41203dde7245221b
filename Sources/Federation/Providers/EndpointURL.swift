import Foundation

/// An absolute `http` or `https` URL of a provider, without a user and without a fragment.
package struct EndpointURL: Sendable {
    package let text: String
    /// Whether it is an `https` URL.
    package let isSecure: Bool
    /// Whether its host is this machine.
    package let isLoopback: Bool
    /// Whether it has a query.
    package let hasQuery: Bool

    /// Nil for any other text.
    package init?(_ text: String) {
        guard text.utf8.allSatisfy({ (0x21..<0x7F).contains($0) && $0 != UInt8(ascii: "\\") }),
            let url = URLComponents(string: text), let scheme = url.scheme?.lowercased(),
            ["http", "https"].contains(scheme), let host = url.host, !host.isEmpty, url.user == nil,
            url.password == nil, url.fragment == nil, EndpointURL.hasPlainAuthority(text)
        else { return nil }
        self.text = text
        isSecure = scheme == "https"
        isLoopback = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host.lowercased())
        hasQuery = url.query != nil
    }

    /// Whether what is between the slashes is a name or an address, and a port if there is a colon. Nothing is looked
    /// up. `URLComponents` accepts and decodes percent signs in a host, and accepts an empty port.
    private static func hasPlainAuthority(_ text: String) -> Bool {
        guard let start = text.utf8.firstRange(of: "://".utf8)?.upperBound else { return false }
        let authority = text.utf8[start...].prefix { !"/?#".utf8.contains($0) }
        let host: Substring.UTF8View
        let rest: Substring.UTF8View
        if authority.first == UInt8(ascii: "[") {
            guard let end = authority.firstIndex(of: UInt8(ascii: "]")) else { return false }
            host = authority[authority.index(after: authority.startIndex)..<end]
            rest = authority[authority.index(after: end)...]
            var address = in6_addr()
            guard inet_pton(AF_INET6, String(Substring(host)), &address) == 1 else { return false }
        } else {
            host = authority.prefix { $0 != UInt8(ascii: ":") }
            rest = authority[host.endIndex...]
            guard isName(host) else { return false }
        }
        guard let colon = rest.first else { return true }
        return colon == UInt8(ascii: ":") && (1...5).contains(rest.count - 1)
            && rest.dropFirst().allSatisfy { (0x30...0x39).contains($0) }
            && (1...65_535).contains(Int(String(Substring(rest.dropFirst()))) ?? 0)
    }

    /// Whether a host has the form of a name (RFC 1035 §2.3.4), in which underscores are common, or of an IPv4 address.
    private static func isName(_ host: Substring.UTF8View) -> Bool {
        let labels = host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false)
        // A dot at the end names the root.
        let named = labels.count > 1 && labels.last?.isEmpty == true ? labels.dropLast() : labels[...]
        return host.count <= 253
            && named.allSatisfy { (1...63).contains($0.count) && $0.allSatisfy(nameCharacters.contains) }
    }

    private static let nameCharacters = Set("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_".utf8)

    /// Whether an issuer may be this URL: by https, or by http on this machine, and without a query.
    package var isIssuer: Bool { (isSecure || isLoopback) && !hasQuery }
}
