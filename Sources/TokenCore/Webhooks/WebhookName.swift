/// The name of a webhook in the configuration. It is the key of its cursor and a label of metrics.
package struct WebhookName: OpaqueID, Sendable {
    package let value: String

    /// - Parameter value: 1 to 32 lower-case letters and digits; nil for any other name.
    package init?(_ value: String) {
        guard (1...32).contains(value.utf8.count), value.utf8.allSatisfy(WebhookName.isAllowed) else { return nil }
        self.value = value
    }

    package var description: String { value }

    private static func isAllowed(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
