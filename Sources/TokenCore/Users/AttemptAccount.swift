import Crypto
import StrictCoding

/// What the attempts at an account are counted by. Its size does not depend on the name that was sent.
package struct AttemptAccount: Sendable, Equatable {
    /// Names the counter. A new password and an unlocking begin a new one, on every node.
    package let counter: String
    /// Names the account, for as long as it exists.
    package let name: String

    /// The account of a user.
    package init?(_ user: SubjectRecord) {
        guard let account = user.account else { return nil }
        name = user.id.value
        counter = "\(user.id.value):\(account.passwordVersion):\(account.unlocks)"
    }

    /// The account of an unknown user. The name is hashed: it may be a mistyped password.
    ///
    /// - Parameter name: UTF-8, of which the first 512 bytes count.
    package init(unknown name: some Sequence<UInt8>) {
        self.name = "unknown:" + Base64URL.encode(Array(SHA256.hash(data: Array(name.prefix(512)))))
        counter = self.name
    }
}
