package import TokenCore

/// A way in which passwords are hashed, with the parameters, the salt and the hash of one password.
///
/// New hashes are Argon2id with the configured parameters. The others are those of users who were imported, until their
/// next login.
protocol PasswordScheme: Sendable {
    /// - Returns: nil for a hash of another scheme, or a malformed one.
    init?(_ fields: HashFields)

    /// The memory that a verification takes.
    var memoryKiB: Int { get }
    /// What about the cost is not acceptable from outside, as the end of a sentence; nil when nothing is.
    var excess: String? { get }
    /// Compares in constant time. Takes up to about a second for a hash without ``excess``.
    func matches(_ password: [UInt8]) -> Bool
}

extension PasswordHash {
    private static let schemes: [any PasswordScheme.Type] = [
        Argon2Hash.self, BcryptHash.self, PBKDF2Hash.self, ScryptHash.self,
    ]

    /// The longest hash that is read, in bytes.
    static let maximumLength = 512

    /// Nil for a hash of no known scheme, and for a malformed one.
    var scheme: (any PasswordScheme)? {
        let bytes = Array(phc.utf8)
        guard bytes.count <= PasswordHash.maximumLength, bytes.allSatisfy({ (0x21...0x7E).contains($0) }) else {
            return nil
        }
        let fields = HashFields(text: bytes)
        for scheme in PasswordHash.schemes { if let found = scheme.init(fields) { return found } }
        return nil
    }

    /// A hash from outside.
    ///
    /// - Throws: ``Unacceptable``
    package static func checking(_ text: String) throws(Unacceptable) -> PasswordHash {
        let hash = PasswordHash(phc: text)
        guard let scheme = hash.scheme else {
            throw Unacceptable(
                description: "is no hash of Argon2id, Argon2i, bcrypt, PBKDF2 or scrypt in a form that is known")
        }
        if let excess = scheme.excess { throw Unacceptable(description: excess) }
        return hash
    }

    /// Why a hash from outside is refused, as the end of a sentence. Does not show the hash.
    package struct Unacceptable: Error, CustomStringConvertible {
        package let description: String
    }
}
