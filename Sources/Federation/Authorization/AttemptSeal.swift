import Crypto
import Foundation
import StrictCoding
package import TokenCore

/// Seals attempts for the browser that keeps them: AES-GCM under a key of the master key. A cookie of one attempt or
/// provider cannot be used for another.
package struct AttemptSeal: Sendable {
    /// The longest cookie that is opened, in bytes.
    static let longestValue = 2048

    private let keys: [SymmetricKey]

    /// - Parameter ring: the master keys. What a previous key has sealed is opened too.
    package init(_ ring: MasterKeyRing) { keys = ring.derive(.federationAttempt) }

    /// The value of the attempt's cookie.
    package func seal(_ attempt: Attempt, cookieName: String) throws -> String {
        let context = AttemptSeal.context(cookieName, attempt.provider)
        let box = try AES.GCM.seal(attempt.json, using: keys[0], authenticating: context)
        return Base64URL.encode(box.nonce) + Base64URL.encode(box.ciphertext + box.tag)
    }

    /// The attempt in a cookie; nil if the cookie is not authentic, or is of another name or provider.
    package func open(_ value: String, cookieName: String, provider: ProviderID) -> Attempt? {
        guard value.utf8.count <= AttemptSeal.longestValue,
            // The nonce has 12 bytes, which are 16 characters.
            let bytes = Base64URL.decode(value.utf8), let box = try? AES.GCM.SealedBox(combined: bytes)
        else { return nil }
        let context = AttemptSeal.context(cookieName, provider)
        for key in keys {
            if let json = try? AES.GCM.open(box, using: key, authenticating: context) {
                return Attempt(json: Array(json), provider: provider)
            }
        }
        return nil
    }

    private static func context(_ cookieName: String, _ provider: ProviderID) -> Data {
        Data(cookieName.utf8 + [0] + provider.value.utf8)
    }
}
