import Foundation

/// A password in the clear. Its description does not show it.
package struct Password: Sendable, CustomStringConvertible {
    /// The longest password that is accepted, in bytes.
    package static let maximumLength = 1024

    /// UTF-8 of the NFC form (RFC 8265 §4.2): the same password however a keyboard composes it.
    let bytes: [UInt8]
    let text: String

    package init(_ text: String) {
        self.text = text.precomposedStringWithCanonicalMapping
        bytes = Array(self.text.utf8)
    }

    package var description: String { "Password(redacted)" }
}
