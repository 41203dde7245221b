/// The `kid` of a signing key: its RFC 7638 thumbprint.
package struct SigningKeyID: OpaqueID, Sendable {
    package let value: String

    package init(_ value: String) { self.value = value }

    package var description: String { value }
}
