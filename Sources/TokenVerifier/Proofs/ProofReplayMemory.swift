import Crypto
import StrictCoding
import Synchronization

/// Remembers the proofs that were used, in this process and in bounded memory.
///
/// It has two halves. New proofs go into the younger one. When that is full, or no proof of the older one is accepted
/// any more, the older one is emptied and the halves change places. If it still holds proofs that are accepted, these
/// can be used once more; they are counted (RFC 9449 §11.1).
package final class ProofReplayMemory: Sendable {
    /// The first half of SHA-256 of the key's thumbprint and the `jti`. An identifier is unique to its key, so nobody
    /// uses up the identifiers of another key.
    private struct Entry: Hashable {
        let high: UInt64
        let low: UInt64

        init(_ proof: AcceptedProof) {
            var hash = SHA256()
            // A thumbprint has a fixed length.
            hash.update(data: proof.key.bytes)
            hash.update(data: Array(proof.id.utf8))
            (high, low) = hash.finalize().withUnsafeBytes {
                ($0.loadUnaligned(as: UInt64.self), $0.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            }
        }
    }

    private struct Half {
        var entries: Set<Entry> = []
        /// When no proof of this half is accepted any more.
        var refusedFrom = Int.min
    }

    private let limit: Int
    private let onDrop: @Sendable (Int) -> Void
    private let halves: Mutex<(young: Half, old: Half)>

    /// - Parameters:
    ///   - limit: the largest number of proofs in each half. A proof takes up to 32 bytes.
    ///   - onDrop: called with the number of proofs that were forgotten while they were still accepted.
    package init(limit: Int = 1 << 16, onDrop: @escaping @Sendable (Int) -> Void) {
        self.limit = limit
        self.onDrop = onDrop
        halves = Mutex((Half(), Half()))
    }

    /// Remembers a proof at a time in Unix seconds.
    ///
    /// - Returns: whether it was not used before.
    package func use(_ proof: AcceptedProof, at now: Int) -> Bool {
        let entry = Entry(proof)
        let (isFresh, dropped) = halves.withLock { halves -> (Bool, Int) in
            guard !halves.young.entries.contains(entry), !halves.old.entries.contains(entry) else { return (false, 0) }
            var dropped = 0
            if halves.old.refusedFrom <= now || halves.young.entries.count >= limit {
                if halves.old.refusedFrom > now { dropped = halves.old.entries.count }
                swap(&halves.young, &halves.old)
                halves.young.entries.removeAll(keepingCapacity: true)
                halves.young.refusedFrom = .min
            }
            halves.young.entries.insert(entry)
            halves.young.refusedFrom = max(halves.young.refusedFrom, proof.refusedFrom)
            return (true, dropped)
        }
        if dropped > 0 { onDrop(dropped) }
        return isFresh
    }
}
