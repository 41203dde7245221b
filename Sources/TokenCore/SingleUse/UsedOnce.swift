import Crypto
package import StrictCoding

/// A row of `used_once`: something that is accepted once, such as a client's assertion or a proof.
///
/// Two values are equal when they name the same thing, whenever it is forgotten.
package struct UsedOnce: Sendable {
    /// The first part of the key: a time in Unix seconds that the thing carries, so that every node makes the same key;
    /// 0 for a thing that its id alone identifies.
    package let namedAt: Int
    /// SHA-256 of what identifies the thing.
    package let hash: [UInt8]
    /// When no node accepts the thing any more, and it need not be remembered.
    package let forgottenAt: Timestamp

    /// Most rows can be deleted this long after ``namedAt``. Each sweep reads the others again, so there must be few.
    package static let usualSeconds = 120

    /// How many rows of `used_once` a sweep deletes for each row of another table: each bound refresh makes one.
    package static let sweepFactor = 10

    /// - Parameters:
    ///   - kind: distinguishes the kinds of things. It holds a space, which no client's id does: see
    ///     ``assertion(of:named:expiring:forgottenAfter:)``.
    ///   - parts: what identifies the thing among those of its kind. Only the last one may hold a zero byte.
    ///   - seconds: how long after `time` it is forgotten, at most ``usualSeconds`` where there may be many.
    init(_ kind: String, _ parts: [String], namedAt time: Int, forgottenAfter seconds: Int) {
        self.init([kind] + parts, namedAt: time, forgottenAt: time + seconds)
    }

    private init(_ parts: [String], namedAt time: Int, forgottenAt end: Int) {
        namedAt = time
        hash = SHA256.hash(data: Array(parts.joined(separator: "\0").utf8)).withUnsafeBytes { Array($0) }
        forgottenAt = Timestamp(seconds: end)
    }

    /// An assertion by which a client authenticates (RFC 7523 §3). Another assertion with its `jti` is the same thing,
    /// whatever its times. The client's id takes the place of the kind, as in the rows of version 0.2.0.
    ///
    /// - Parameters:
    ///   - id: its `jti`.
    ///   - expiry: its `exp`.
    ///   - seconds: how long after `expiry` a node may still accept it.
    package static func assertion(
        of client: ClientID, named id: String, expiring expiry: Int, forgottenAfter seconds: Int
    ) -> UsedOnce {
        UsedOnce([client.value, id], namedAt: 0, forgottenAt: expiry + seconds)
    }

    /// A proof (RFC 9449 §11.1). A `jti` is unique among those of its key.
    ///
    /// - Parameters:
    ///   - end: when it is refused for its `iat` or its nonce.
    ///   - seconds: how long after `end` a node whose clock is slow may still accept it.
    package static func proof(
        of key: KeyThumbprint, named id: String, refusedFrom end: Int, forgottenAfter seconds: Int
    ) -> UsedOnce {
        UsedOnce("dpop proof", [key.text, id], namedAt: end, forgottenAfter: seconds)
    }
}

extension UsedOnce {
    /// What names the row.
    package struct Key: Hashable, Sendable {
        package let namedAt: Int
        package let hash: [UInt8]

        package init(namedAt: Int, hash: [UInt8]) {
            self.namedAt = namedAt
            self.hash = hash
        }
    }

    package var key: Key { Key(namedAt: namedAt, hash: hash) }
}

extension UsedOnce: Hashable {
    package static func == (left: UsedOnce, right: UsedOnce) -> Bool { left.key == right.key }

    package func hash(into hasher: inout Hasher) { hasher.combine(key) }
}

extension UsedOnce: Comparable {
    package static func < (left: UsedOnce, right: UsedOnce) -> Bool {
        left.namedAt == right.namedAt
            ? left.hash.lexicographicallyPrecedes(right.hash) : left.namedAt < right.namedAt
    }
}
