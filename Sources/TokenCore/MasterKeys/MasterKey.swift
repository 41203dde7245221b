package import Crypto

/// The one secret that is not in the database: 32 random bytes from which every other server key is derived
/// by HKDF-SHA256 (RFC 5869), with one label for each purpose.
package struct MasterKey: Sendable {
    private let key: SymmetricKey

    package static let byteCount = 32

    /// - Parameter bytes: exactly 32 bytes; nil for any other number.
    package init?(bytes: some Collection<UInt8>) {
        guard bytes.count == MasterKey.byteCount else { return nil }
        key = SymmetricKey(data: Array(bytes))
    }

    package enum Purpose: String, Sendable {
        case refreshTokenMAC = "refresh token mac"
        case refreshTokenSuccessor = "refresh token successor"
        case signingKeyEncryption = "signing key encryption"
        case csrf = "csrf token"
        case referenceTokenMAC = "reference token mac"
        case loginReceipt = "login receipt"
        case tokenEndpointNonce = "dpop nonce of the token endpoints"
        case resourceNonce = "dpop nonce of the resources"
    }

    package func derive(_ purpose: Purpose) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Array("heirloom v1 \(purpose.rawValue)".utf8), outputByteCount: 32)
    }
}

extension MasterKey: CustomStringConvertible {
    package var description: String { "MasterKey(redacted)" }
}
