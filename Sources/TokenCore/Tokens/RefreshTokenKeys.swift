import Crypto

/// The server's keys for refresh tokens: one authenticates them, one derives successors. The keys of replaced master
/// keys still verify and derive again, but make no new tokens.
package struct RefreshTokenKeys: Sendable {
    // Keyed once and copied for each use: keying is half of a short HMAC.
    private let mac: [HMAC<SHA256>]
    private let successor: [HMAC<SHA256>]

    package init(_ ring: MasterKeyRing) {
        mac = ring.derive(.refreshTokenMAC).map { HMAC(key: $0) }
        successor = ring.derive(.refreshTokenSuccessor).map { HMAC(key: $0) }
    }

    /// The first token of a session.
    package func first(of session: SessionID, secret: RandomBytes<32>) -> RefreshToken {
        RefreshToken(session: session, generation: .first, secret: secret.bytes, mac: mac[0])
    }

    /// The successor of `parent` under the newest key.
    ///
    /// It is a function of the presented token, a server key and the nonce in the row. So the holder of the parent can
    /// be given the same successor again, and nobody can compute it from the database or from the token alone.
    package func successor(of parent: RefreshToken, nonce: RotationNonce) -> RefreshToken {
        derive(from: parent, nonce: nonce, key: 0)
    }

    /// The successor of `parent` whose hash is `hash`, under any of the keys; nil when `parent` is not the parent of
    /// that token.
    package func successor(of parent: RefreshToken, nonce: RotationNonce, matching hash: TokenHash) -> RefreshToken? {
        successor.indices.lazy.map { derive(from: parent, nonce: nonce, key: $0) }.first { $0.hash == hash }
    }

    func isAuthentic(_ bytes: [UInt8]) -> Bool {
        guard bytes.count == 84 else { return false }
        // swift-crypto compares authentication codes in constant time.
        return mac.contains { $0.code(of: bytes[..<52]) == bytes[52...] }
    }

    private func derive(from parent: RefreshToken, nonce: RotationNonce, key: Int) -> RefreshToken {
        let secret = successor[key].code(of: (parent.bytes + nonce.bytes)[...])
        return RefreshToken(
            session: parent.session, generation: parent.generation.next, secret: secret.withUnsafeBytes { Array($0) },
            mac: mac[key])
    }
}

extension HMAC<SHA256> {
    /// The authentication code of `message` under the key that this was made with.
    func code(of message: ArraySlice<UInt8>) -> MAC {
        var hmac = self
        hmac.update(data: message)
        return hmac.finalize()
    }
}
