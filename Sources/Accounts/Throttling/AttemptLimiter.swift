import Synchronization
package import TokenCore

/// A token bucket for each key: a number of failed attempts in a window, given back evenly as time passes. It slows
/// guessing down and never locks anybody out for good.
package final class AttemptLimiter<Key: Hashable & Sendable>: Sendable {
    private struct Bucket {
        var spent: Double
        var at: Timestamp
    }

    private let limit: Double
    private let windowSeconds: Double
    private let capacity: Int
    private let buckets = Mutex<[Key: Bucket]>([:])

    /// - Parameters:
    ///   - limit: failures allowed per window; 0 turns the limiter off.
    ///   - capacity: how many keys are remembered; beyond it the keys that have recovered most are forgotten.
    package init(limit: Int, windowSeconds: Int, capacity: Int = 65_536) {
        self.limit = Double(limit)
        self.windowSeconds = Double(windowSeconds)
        self.capacity = capacity
    }

    /// Counts an attempt before it is made, so that parallel attempts count too.
    ///
    /// - Returns: nil when it may be made, else the seconds until one may.
    package func take(_ key: Key, at now: Timestamp) -> Int? {
        guard limit > 0 else { return nil }
        return buckets.withLock { buckets in
            var spent = recovered(buckets[key], at: now)
            guard spent + 1 <= limit + 1e-6 else {
                return max(1, Int(((spent + 1 - limit) * windowSeconds / limit).rounded(.up)))
            }
            spent += 1
            if buckets[key] == nil, buckets.count >= capacity { forget(from: &buckets, at: now) }
            buckets[key] = Bucket(spent: spent, at: now)
            return nil
        }
    }

    /// Removes an attempt that succeeded.
    package func refund(_ key: Key, at now: Timestamp) {
        buckets.withLock { buckets in
            guard let bucket = buckets[key] else { return }
            let spent = recovered(bucket, at: now) - 1
            buckets[key] = spent > 0 ? Bucket(spent: spent, at: now) : nil
        }
    }

    private func recovered(_ bucket: Bucket?, at now: Timestamp) -> Double {
        guard let bucket else { return 0 }
        return max(0, bucket.spent - max(0, now - bucket.at) * limit / windowSeconds)
    }

    private func forget(from buckets: inout [Key: Bucket], at now: Timestamp) {
        buckets = buckets.filter { recovered($0.value, at: now) > 0 }
        if buckets.count >= capacity {
            let oldest = buckets.sorted { $0.value.at < $1.value.at }.prefix(capacity / 4)
            for (key, _) in oldest { buckets[key] = nil }
        }
    }
}
