import Dispatch
import Libpq
import Synchronization

extension PostgresStore {
    /// Calls `notify` when any node has appended to the revocation feed, and after each time in which that may have
    /// been missed. Returns when the task is cancelled.
    ///
    /// A notification that is lost only costs time: the feed is read at intervals too.
    package func followNotifications(_ notify: @escaping @Sendable () -> Void) async {
        let thread = DispatchQueue(label: "heirloom.listener")
        while !Task.isCancelled {
            let isListening = await withCheckedContinuation { continuation in
                thread.async { continuation.resume(returning: self.listen(notify)) }
            }
            if !isListening { try? await Task.sleep(for: .milliseconds(500)) }
        }
        listener.withLock { $0 = nil }
    }

    /// Listens for a short time.
    ///
    /// - Returns: false when there is no connection to listen on.
    private func listen(_ notify: () -> Void) -> Bool {
        do {
            let connection: PostgresConnection
            if let kept = listener.withLock({ $0 }), kept.epoch == source.epoch {
                connection = kept.connection
            } else {
                let epoch = source.epoch
                connection = try source.connect()
                _ = try connection.run([Statement(Queries.listen)], until: .now + PostgresStore.timeout)
                listener.withLock { $0 = (connection, epoch) }
                notify()
            }
            if try connection.awaitNotification(within: .milliseconds(250)) { notify() }
            return true
        } catch {
            listener.withLock { $0 = nil }
            return false
        }
    }
}
