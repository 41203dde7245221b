import Foundation

/// An origin as browsers write it (RFC 6454 §6.2): scheme, host and, unless it is the scheme's default, port.
package struct WebOrigin: Hashable, Sendable {
    package let text: String

    /// The origin of an `http` or `https` URL; nil for anything else. A host with `*`, which is no wildcard here, is
    /// refused.
    package init?(of url: String) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            let host = parts.encodedHost?.lowercased(), !host.isEmpty, !host.contains("*"),
            ["http", "https"].contains(scheme), parts.port.map({ (1...65_535).contains($0) }) ?? true
        else { return nil }
        let isDefault = parts.port == nil || parts.port == (scheme == "https" ? 443 : 80)
        text = "\(scheme)://\(host)" + (isDefault ? "" : ":\(parts.port ?? 0)")
    }

    /// An origin as browsers write it; nil for any other text.
    package init?(exactly text: String) {
        guard let origin = WebOrigin(of: text), origin.text == text else { return nil }
        self = origin
    }
}
