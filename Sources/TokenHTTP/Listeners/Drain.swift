import Synchronization

/// Whether the service is about to end. It still serves, but `/health/ready` is 503, and each answer closes its
/// connection, so that clients and proxies turn to other nodes.
package final class Drain: Sendable {
    private let flag = Atomic(false)

    package init() {}

    package var hasBegun: Bool { flag.load(ordering: .relaxed) }

    package func begin() { flag.store(true, ordering: .relaxed) }
}
