import StrictCoding

/// Where a person may be led after a sign-in: a path of this service's origin, or a place that the configuration lists
/// (`pages.returnTo`).
package struct ReturnTargets: Sendable {
    /// A URL of another origin, with what lies below it.
    package struct Place: Sendable, Equatable {
        let origin: WebOrigin
        let path: String

        /// Nil for anything but an absolute `http` or `https` URL without user, query and fragment.
        package init?(_ text: String) {
            guard let url = ReturnTargets.parts(of: text), url.rest.isEmpty else { return nil }
            origin = url.origin
            path = url.path
        }

        func contains(_ other: String) -> Bool {
            let base = path.hasSuffix("/") ? String(path.dropLast()) : path
            return other.isExactly(path) || other.utf8.starts(with: (base + "/").utf8)
        }
    }

    /// The longest target, in bytes. It is kept in a cookie while a person is at a provider.
    private static let maximumLength = 512

    private let places: [Place]

    package init(_ places: [Place]) { self.places = places }

    /// The target, if a person may be led there; nil for anything else.
    ///
    /// A browser removes control characters from a URL and reads a backslash as a slash (URL Standard §4.4), so both
    /// are refused. So are two slashes in a row in a path: at its start a host would follow.
    package func allowed(_ text: String?) -> String? {
        guard let text, (1...ReturnTargets.maximumLength).contains(text.utf8.count), text.isVisibleASCII,
            !text.utf8.contains(UInt8(ascii: "\\"))
        else { return nil }
        if text.utf8.first == UInt8(ascii: "/") {
            return text.utf8.prefix { !"?#".utf8.contains($0) }.contains("//".utf8) ? nil : text
        }
        guard let url = ReturnTargets.parts(of: text) else { return nil }
        return places.contains { $0.origin == url.origin && $0.contains(url.path) } ? text : nil
    }

    /// The parts of an absolute URL in visible ASCII whose path is as a browser would send it. `rest` is the query and
    /// the fragment.
    private static func parts(of text: String) -> (origin: WebOrigin, path: String, rest: String)? {
        let bytes = text.utf8
        guard text.isVisibleASCII, !bytes.contains(UInt8(ascii: "\\")),
            let scheme = ["https://", "http://"].first(where: { bytes.starts(with: $0.utf8) })
        else { return nil }
        let behind = bytes.dropFirst(scheme.utf8.count)
        let authority = behind.prefix { !"/?#".utf8.contains($0) }
        // A user part would let a foreign host pass for a name.
        guard !authority.contains(UInt8(ascii: "@")),
            let origin = WebOrigin(of: scheme + String(Substring(authority)))
        else { return nil }
        let path = behind[authority.endIndex...].prefix { !"?#".utf8.contains($0) }
        guard !hasDotSegments(path) else { return nil }
        return (origin, path.isEmpty ? "/" : String(Substring(path)), String(Substring(behind[path.endIndex...])))
    }

    /// Whether a browser would shorten the path (URL Standard §4.4), also by a dot that is percent-encoded.
    private static func hasDotSegments(_ path: Substring.UTF8View) -> Bool {
        path.split(separator: UInt8(ascii: "/")).contains { segment in
            let text = FormEncoding.decode(segment)
            return text == nil || text == "." || text == ".."
        }
    }
}
