import Crypto

/// Names one assertion of one client: SHA-256 of the client's name and the assertion's `jti`, which may be as long as it likes.
package struct AssertionID: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(of client: ClientID, named id: String) {
        // A client's name holds no zero byte.
        bytes = Array(SHA256.hash(data: Array(client.value.utf8) + [0] + Array(id.utf8)))
    }
}
