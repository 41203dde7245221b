import Foundation

/// A password in the clear. Its description does not show it.
package struct Password: Sendable, CustomStringConvertible {
    /// The longest password that is accepted, in bytes of UTF-8.
    package static let maximumLength = 1024

    /// The longest new password that is read from a body, in bytes of UTF-8. It exceeds ``maximumLength``, so that the
    /// password policy refuses a password that is too long, and its answer names the limit.
    package static let maximumBodyLength = 4096

    /// As it was typed.
    let given: String

    package init(_ text: String) { given = text }

    /// In NFC (RFC 8265 §4.2): the same password however a keyboard composes it. A password that is too long for any
    /// account is left as it is. Takes time, so that it is asked for after the throttle.
    var text: String { isTooLong ? given : given.precomposedStringWithCanonicalMapping }

    var isTooLong: Bool { given.utf8.count > Password.maximumLength }

    package var description: String { "Password(redacted)" }
}
