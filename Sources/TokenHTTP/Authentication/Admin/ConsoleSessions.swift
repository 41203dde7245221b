import Crypto
import SessionEngine
import StrictCoding
import Synchronization
package import TokenCore

/// Who is signed in to the console of this process. In memory: a restart signs everybody out.
package final class ConsoleSessions: Sendable {
    /// How long a session lives that is not used.
    static let idleSeconds = 600
    /// Beyond it, the session that was not used for the longest time ends.
    private static let capacity = 64

    private struct Entry {
        let csrf: String
        var usedAt: Timestamp
    }

    /// By the hashes of their ids, so that the time of a look-up discloses nothing about an id.
    private let entries = Mutex<[SHA256.Digest: Entry]>([:])
    private let entropy: Entropy

    /// Nobody is signed in.
    package init(entropy: Entropy = .system) { self.entropy = entropy }

    /// Signs somebody in.
    package func open(at now: Timestamp) -> ConsoleSession {
        let session = ConsoleSession(id: secret(), csrf: secret())
        entries.withLock { entries in
            entries = entries.filter { ConsoleSessions.isLive($0.value, at: now) }
            if entries.count >= ConsoleSessions.capacity,
                let oldest = entries.min(by: { $0.value.usedAt < $1.value.usedAt })?.key
            {
                entries[oldest] = nil
            }
            entries[ConsoleSessions.hash(session.id)] = Entry(csrf: session.csrf, usedAt: now)
        }
        return session
    }

    /// The session of a cookie; nil when it has ended.
    ///
    /// - Parameter isUse: whether the session lives for another ``idleSeconds``.
    package func session(_ id: String, at now: Timestamp, isUse: Bool) -> ConsoleSession? {
        let key = ConsoleSessions.hash(id)
        return entries.withLock { entries in
            guard let entry = entries[key] else { return nil }
            guard ConsoleSessions.isLive(entry, at: now) else {
                entries[key] = nil
                return nil
            }
            if isUse { entries[key]?.usedAt = max(entry.usedAt, now) }
            return ConsoleSession(id: id, csrf: entry.csrf)
        }
    }

    /// Signs somebody out.
    package func close(_ session: ConsoleSession) {
        _ = entries.withLock { $0.removeValue(forKey: ConsoleSessions.hash(session.id)) }
    }

    private func secret() -> String { Base64URL.encode((entropy.bytes() as RandomBytes<32>).bytes) }

    private static func hash(_ id: String) -> SHA256.Digest { SHA256.hash(data: Array(id.utf8)) }

    private static func isLive(_ entry: Entry, at now: Timestamp) -> Bool { now < entry.usedAt + idleSeconds }
}
