import Crypto

/// The id of one assertion of one client: SHA-256 of the client's id and the assertion's `jti`, which may be long.
package struct AssertionID: Hashable, Sendable {
    package let bytes: [UInt8]

    package init(of client: ClientID, named id: String) {
        // A client's id holds no zero byte.
        bytes = Array(SHA256.hash(data: Array(client.value.utf8) + [0] + Array(id.utf8)))
    }
}
