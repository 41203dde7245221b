import Dispatch
import Synchronization
package import TokenCore

extension PostgresStore {
    /// Rings the bell when any node has committed what the feed speaks of, and whenever it may have missed that; until the task
    /// is cancelled.
    ///
    /// Only sooner than ``TokenCore/RevocationFeed/follow(every:)``, which reads: whatever is lost here is found there.
    package func notify(_ notifier: RevocationNotifier) async {
        let thread = DispatchQueue(label: "heirloom.listener")
        while !Task.isCancelled {
            let isWell = await withCheckedContinuation { continuation in
                thread.async { continuation.resume(returning: self.listen(notifier)) }
            }
            // While there is no server, or it cannot be listened to.
            if !isWell { try? await Task.sleep(for: .milliseconds(500)) }
        }
        listener.withLock { $0 = nil }
    }

    /// Listens for a moment.
    ///
    /// - Returns: false when there is no connection to listen on.
    private func listen(_ notifier: RevocationNotifier) -> Bool {
        do {
            let connection: PostgresConnection
            if let kept = listener.withLock({ $0 }), kept.epoch == source.epoch {
                connection = kept.connection
            } else {
                let epoch = source.epoch
                connection = try source.connect()
                _ = try connection.run([Statement(Query.listen)], until: .now + PostgresStore.timeout)
                listener.withLock { $0 = (connection, epoch) }
                notifier.notify()
            }
            if try connection.awaitNotification(within: .milliseconds(250)) { notifier.notify() }
            return true
        } catch {
            listener.withLock { $0 = nil }
            return false
        }
    }
}
