/// Text that no message, log line or reflection shows.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    let text: String

    package init(_ text: String) { self.text = text }

    /// Whether the text of a secret key shows a secret: a key, or a URL with a password, but not a URL without one.
    static func holdsSecret(_ text: String) -> Bool {
        let parts = text.split(separator: "://", maxSplits: 1, omittingEmptySubsequences: false)
        guard parts.count == 2 else { return !text.isEmpty && !text.hasPrefix("sqlite:") }
        let authority = parts[1].prefix { $0 != "/" && $0 != "?" }
        let user = authority.lastIndex(of: "@").map { authority[..<$0] }
        return user?.contains(":") == true || parts[1].contains("password=")
    }

    package var description: String { "Secret(redacted)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
