/// SHA-256 of a client secret: all that is kept of it.
package struct ClientSecretHash: Sendable, Equatable {
    package static let byteCount = 32

    private let hash: TokenHash

    /// - Parameter bytes: the 32 bytes of a stored hash; nil for any other number.
    package init?(bytes: [UInt8]) {
        guard let hash = TokenHash(bytes: bytes) else { return nil }
        self.hash = hash
    }

    package init(of secret: String) { hash = TokenHash(of: Array(secret.utf8)) }

    package var bytes: [UInt8] { hash.bytes }
}
