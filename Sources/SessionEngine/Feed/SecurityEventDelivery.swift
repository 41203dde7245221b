import Synchronization
package import TokenCore

/// What each receiver of security events (RFC 8936) has acknowledged of the feed.
///
/// Kept in memory only: after a restart, or from another node, a receiver gets again what it has acknowledged. It must
/// accept that at any time (RFC 8936 §2.4). No entry outlives the access tokens that it concerns, so these are few.
package final class SecurityEventDelivery: Sendable {
    private struct Receiver {
        /// Everything up to here is acknowledged.
        var position = 0
        /// What is acknowledged beyond it.
        var acknowledged: Set<Int> = []
    }

    private let feed: RevocationFeed
    private let receivers = Mutex<[ClientID: Receiver]>([:])

    package init(feed: RevocationFeed) { self.feed = feed }

    /// Takes acknowledgements and returns, in order, what the receiver has not acknowledged, at most `limit` entries,
    /// and whether there are more.
    ///
    /// - Parameter time: how long to wait for something when there is nothing.
    package func poll(
        _ client: ClientID, acknowledging sequences: [Int], limit: Int, waiting time: Duration
    ) async throws -> (entries: [RevocationRecord], isMore: Bool) {
        let start = receivers.withLock { receivers in
            receivers[client, default: Receiver()].acknowledged.formUnion(sequences)
            return receivers[client, default: Receiver()].position
        }
        var page = try await feed.read(after: start)
        var open = settle(client, page)
        if open.isEmpty, limit > 0 {
            page = try await feed.read(after: position(of: client), waiting: time)
            open = settle(client, page)
        }
        return (Array(open.prefix(limit)), open.count > limit)
    }

    private func position(of client: ClientID) -> Int { receivers.withLock { $0[client]?.position ?? 0 } }

    /// Moves a receiver's position over what it has acknowledged, and returns the rest.
    private func settle(_ client: ClientID, _ page: RevocationFeed.Page) -> [RevocationRecord] {
        receivers.withLock { receivers in
            var receiver = page.reset ? Receiver() : receivers[client, default: Receiver()]
            let open = page.entries.filter {
                $0.sequence > receiver.position && !receiver.acknowledged.contains($0.sequence)
            }
            let settled = open.first.map { $0.sequence - 1 } ?? page.next
            receiver.position = max(receiver.position, settled)
            // What was never sent cannot be acknowledged.
            receiver.acknowledged = receiver.acknowledged.filter { $0 > receiver.position && $0 <= page.next }
            receivers[client] = receiver
            return open
        }
    }
}
