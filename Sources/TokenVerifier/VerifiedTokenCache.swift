import StrictCoding
import Synchronization

/// A bounded cache of tokens whose signatures have been verified. It has two halves; when the newer one is full, the
/// older one is dropped.
package final class VerifiedTokenCache<Verified: Sendable>: Sendable {
    /// Hashes only the end of the token, a part of its signature. The bytes of a valid signature are as good as random,
    /// and hashing them takes a tenth of the time for the whole token.
    private struct Key: Hashable {
        let token: String

        /// Compares bytes. Anyone can send a long text with the end of a token that is in the cache.
        static func == (left: Key, right: Key) -> Bool { left.token.isExactly(right.token) }

        func hash(into hasher: inout Hasher) {
            var token = token
            token.withUTF8 {
                hasher.combine(bytes: UnsafeRawBufferPointer(rebasing: UnsafeRawBufferPointer($0).suffix(24)))
            }
        }
    }

    private struct Halves {
        var young: [Key: Verified] = [:]
        var old: [Key: Verified] = [:]
        /// How often the cache has been emptied.
        var epoch = 0
    }

    private let limit: Int
    private let halves = Mutex(Halves())

    /// - Parameter limit: the largest number of tokens. Each takes about two kilobytes.
    package init(limit: Int = 8192) { self.limit = limit }

    /// The verified content of a token; nil if the cache does not have it.
    package subscript(token: String) -> Verified? {
        let key = Key(token: token)
        return halves.withLock { halves in
            if let known = halves.young[key] { return known }
            guard let known = halves.old[key] else { return nil }
            insert(known, for: key, in: &halves)
            return known
        }
    }

    /// The current epoch, for ``insert(_:for:verifiedIn:)``. Read it before the keys that verify the token.
    package var epoch: Int { halves.withLock { $0.epoch } }

    /// Adds a verified token, unless the cache has been emptied since.
    ///
    /// - Parameter epoch: the value of ``epoch`` from before the token was verified.
    package func insert(_ verified: Verified, for token: String, verifiedIn epoch: Int = 0) {
        halves.withLock { halves in
            if halves.epoch == epoch { insert(verified, for: Key(token: token), in: &halves) }
        }
    }

    /// Empties the cache, after the keys have changed.
    package func removeAll() { halves.withLock { $0 = Halves(epoch: $0.epoch + 1) } }

    private func insert(_ verified: Verified, for key: Key, in halves: inout Halves) {
        if halves.young.count >= limit / 2 {
            halves.old = halves.young
            halves.young = [:]
        }
        halves.young[key] = verified
    }
}
