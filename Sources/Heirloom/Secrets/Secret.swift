/// Text that no message, log line or reflection shows.
package struct Secret: Sendable, Equatable, CustomStringConvertible, CustomReflectable {
    let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { "Secret(redacted)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
