import Synchronization

/// Remembers tokens whose signature was right, so that one seen before costs a look-up. Bounded: two halves, the older of
/// which is dropped when the newer is full.
package final class VerifiedTokenCache<Verified: Sendable>: Sendable {
    /// Only tokens with a right signature are ever inserted, and a signature is as good as random: hashing its end is
    /// enough, and ten times as fast as hashing the whole.
    private struct Key: Hashable {
        let token: String

        /// Equal strings of one length have equal bytes, for a token is ASCII: what else Swift takes for the same is longer.
        static func == (left: Key, right: Key) -> Bool {
            left.token.utf8.count == right.token.utf8.count && left.token == right.token
        }

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
        /// How often everything was forgotten.
        var epoch = 0
    }

    private let limit: Int
    private let halves = Mutex(Halves())

    /// - Parameter limit: how many tokens are remembered at the most; each takes about two kilobytes.
    package init(limit: Int = 8192) { self.limit = limit }

    package subscript(token: String) -> Verified? {
        let key = Key(token: token)
        return halves.withLock { halves in
            if let known = halves.young[key] { return known }
            guard let known = halves.old[key] else { return nil }
            insert(known, for: key, in: &halves)
            return known
        }
    }

    /// What to give to `insert`: taken before the keys are looked at.
    package var epoch: Int { halves.withLock { $0.epoch } }

    /// - Parameter epoch: when the token was verified; nothing is remembered when all was forgotten since.
    package func insert(_ verified: Verified, for token: String, verifiedIn epoch: Int = 0) {
        halves.withLock { halves in
            if halves.epoch == epoch { insert(verified, for: Key(token: token), in: &halves) }
        }
    }

    /// Forgets everything: the keys have changed.
    package func removeAll() { halves.withLock { $0 = Halves(epoch: $0.epoch + 1) } }

    private func insert(_ verified: Verified, for key: Key, in halves: inout Halves) {
        if halves.young.count >= limit / 2 {
            halves.old = halves.young
            halves.young = [:]
        }
        halves.young[key] = verified
    }
}
