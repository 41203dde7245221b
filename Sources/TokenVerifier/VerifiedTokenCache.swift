import Synchronization

/// Remembers tokens whose signature was right, so that one seen before costs a look-up. Bounded: two halves, the older of
/// which is dropped when the newer is full.
public final class VerifiedTokenCache: Sendable {
    private struct Halves {
        var young: [String: AccessToken] = [:]
        var old: [String: AccessToken] = [:]
    }

    private let limit: Int
    private let halves = Mutex(Halves())

    /// - Parameter limit: how many tokens are remembered at the most; each takes about two kilobytes.
    public init(limit: Int = 8192) { self.limit = limit }

    public subscript(token: String) -> AccessToken? {
        // Strings with other characters may equal an ASCII one though their bytes differ.
        guard token.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
        return halves.withLock { halves in
            if let known = halves.young[token] { return known }
            guard let known = halves.old[token] else { return nil }
            insert(known, for: token, in: &halves)
            return known
        }
    }

    public func insert(_ verified: AccessToken, for token: String) {
        halves.withLock { insert(verified, for: token, in: &$0) }
    }

    /// Forgets everything: the keys have changed.
    public func removeAll() { halves.withLock { $0 = Halves() } }

    private func insert(_ verified: AccessToken, for token: String, in halves: inout Halves) {
        if halves.young.count >= limit / 2 {
            halves.old = halves.young
            halves.young = [:]
        }
        halves.young[token] = verified
    }
}
