import Foundation

/// A password in the clear. Printed by nothing.
package struct Password: Sendable, CustomStringConvertible {
    /// Longest accepted, in bytes.
    package static let maximumLength = 1024

    /// UTF-8 of the NFC form (RFC 8265 §4.2): the same password however the keyboard composes it. Never cut short.
    let bytes: [UInt8]
    let text: String

    package init(_ text: String) {
        self.text = text.precomposedStringWithCanonicalMapping
        bytes = Array(self.text.utf8)
    }

    package var description: String { "Password(redacted)" }
}
