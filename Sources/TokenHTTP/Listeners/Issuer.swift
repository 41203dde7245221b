import Foundation

/// The service's issuer identifier (RFC 8414 §2), and the URLs below it.
package struct Issuer: Sendable {
    package let identifier: String
    /// The identifier without a trailing slash.
    private let base: String

    /// - Parameter identifier: an `http` or `https` URL without query and fragment.
    package init(_ identifier: String) {
        self.identifier = identifier
        base = identifier.hasSuffix("/") ? String(identifier.dropLast()) : identifier
    }

    /// Joins a path that begins with a slash to the issuer.
    package func url(_ path: String) -> String { base + path }

    /// The path of the metadata document: the well-known name, then the issuer's own path (RFC 8414 §3.1).
    package var metadataPath: String {
        let path = URLComponents(string: identifier)?.percentEncodedPath ?? ""
        return "/.well-known/oauth-authorization-server" + (path == "/" ? "" : path)
    }
}
