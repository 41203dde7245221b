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

    /// Where verifiers fetch the key set.
    package var jwksURI: String { url(WellKnownController.jwksPath) }

    /// The paths of the metadata document: the well-known name before the issuer's own path (RFC 8414 §3.1), and where
    /// OpenID Connect Discovery 1.0 §4 has it. A slash at the end of the issuer's path is removed. A proxy may remove
    /// the issuer's path from a request.
    package var metadataPaths: Set<String> {
        let path = URLComponents(string: base)?.percentEncodedPath ?? ""
        let openID = "/.well-known/openid-configuration"
        return ["/.well-known/oauth-authorization-server" + path, openID + path, path + openID, openID]
    }
}
