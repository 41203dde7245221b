/// The random part of a rotation, kept in the row beside the successor's hash.
package struct RotationNonce: Hashable, Sendable {
    package static let byteCount = 16

    package let bytes: [UInt8]

    /// - Parameter bytes: sixteen bytes; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard bytes.count == RotationNonce.byteCount else { return nil }
        self.bytes = bytes
    }

    package init(_ random: RandomBytes<16>) { bytes = random.bytes }
}
