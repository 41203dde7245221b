import Crypto
package import TokenCore
import StrictCoding

/// What opens the admin API, kept as its hash: `hm1_` + base64url of 32 random bytes when this service makes it.
package struct AdminToken: Sendable {
    /// The shortest that an operator may choose, in characters.
    package static let minimumLength = 32

    private let digest: SHA256.Digest

    /// - Parameter text: nil comes of one that is too short, or holds what a header cannot.
    package init?(_ text: String) {
        guard text.utf8.count >= AdminToken.minimumLength, text.utf8.allSatisfy({ 0x21...0x7E ~= $0 }) else {
            return nil
        }
        digest = SHA256.hash(data: Array(text.utf8))
    }

    /// A new one, in the clear.
    package static func generate(_ random: RandomBytes<32>) -> String { "hm1_" + Base64URL.encode(random.bytes) }

    /// Takes the same time wherever the first difference is.
    func matches(_ presented: String) -> Bool { SHA256.hash(data: Array(presented.utf8)) == digest }
}

extension AdminToken: CustomStringConvertible {
    package var description: String { "AdminToken(redacted)" }
}
