/// A secret that a provider gave to this service. No message, log line or reflection shows it.
package struct ProviderSecret: Sendable, CustomStringConvertible, CustomReflectable {
    let text: String

    package init(_ text: String) { self.text = text }

    package var description: String { "ProviderSecret(redacted)" }
    package var customMirror: Mirror { Mirror(self, children: []) }
}
