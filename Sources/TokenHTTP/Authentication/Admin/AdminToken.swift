import Crypto
import StrictCoding
package import TokenCore

/// The token of the admin API, kept as its hash. One that this service makes is `hm1_` and base64url of 32 random
/// bytes.
package struct AdminToken: Sendable {
    /// The shortest token that an operator may choose, in characters.
    package static let minimumLength = 32

    private let digest: SHA256.Digest

    /// - Parameter text: the token; nil for one that is too short, or has a character that is not visible ASCII.
    package init?(_ text: String) {
        guard text.utf8.count >= AdminToken.minimumLength, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            return nil
        }
        digest = SHA256.hash(data: Array(text.utf8))
    }

    /// A new token, in the clear.
    package static func generate(_ random: RandomBytes<32>) -> String { "hm1_" + Base64URL.encode(random.bytes) }

    /// Compares in constant time.
    func matches(_ presented: String) -> Bool { SHA256.hash(data: Array(presented.utf8)) == digest }
}

extension AdminToken: CustomStringConvertible {
    package var description: String { "AdminToken(redacted)" }
}
