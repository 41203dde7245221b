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
            url.password == nil, url.fragment == nil, url.port.map({ (1...65_535).contains($0) }) ?? true
        else { return nil }
        self.text = text
        isSecure = scheme == "https"
        isLoopback = ["localhost", "127.0.0.1", "[::1]", "::1"].contains(host.lowercased())
        hasQuery = url.query != nil
    }

    /// Whether an issuer may be this URL: by https, or by http on this machine, and without a query.
    package var isIssuer: Bool { (isSecure || isLoopback) && !hasQuery }
}
