import TokenCore

/// The id of one attempt to sign in, the first half of its `state`.
package struct AttemptID: Hashable, Sendable {
    package static let byteCount = 16

    package let bytes: [UInt8]

    /// - Parameter bytes: at least 16 bytes, of which the first 16 count; nil for fewer.
    init?(prefixOf bytes: [UInt8]) {
        guard bytes.count >= AttemptID.byteCount else { return nil }
        self.bytes = Array(bytes.prefix(AttemptID.byteCount))
    }
}
