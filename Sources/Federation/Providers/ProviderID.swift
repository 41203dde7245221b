import TokenCore

/// The name of a provider in the configuration. It is a part of URLs, of cookies and of the labels of metrics.
package struct ProviderID: OpaqueID, Sendable {
    package let value: String

    /// - Parameter value: 1 to 32 lower-case letters and digits; nil for any other name.
    package init?(_ value: String) {
        let isName = value.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard isName, (1...32).contains(value.utf8.count) else { return nil }
        self.value = value
    }

    package var description: String { value }
}
