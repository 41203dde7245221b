import Foundation
import HummingbirdCore
import NIOCore
import Synchronization

/// Limits a listener's connections to the file descriptors that the process may open, less those that it needs itself,
/// and those of one address to a part of them when most are in use.
///
/// Without a free descriptor the database cannot open a file, and libdispatch, which reads its threads from `/proc`,
/// ends the process. Connections beyond the limit wait in the kernel's queue.
final class ConnectionLimit: AvailableConnectionsDelegate, Sendable {
    enum Listener { case `public`, admin }

    private struct Counts {
        var open = 0
        /// The open connections of each address.
        var byAddress: [String: Int] = [:]
    }

    /// Descriptors for the database, event loops, timers and logs; about 30 are in use at a time. Each event loop reads
    /// the database's file and its log.
    private static let reserve = 40 + 2 * System.coreCount

    private let listener: Listener
    private let counts = Mutex(Counts())

    init(_ listener: Listener) { self.listener = listener }

    func connectionOpened() { counts.withLock { $0.open += 1 } }

    func connectionClosed() { counts.withLock { $0.open -= 1 } }

    func isAcceptingNewConnections() -> Bool { counts.withLock { $0.open } < capacity }

    /// Whether idle connections should make room for others.
    var isNearlyFull: Bool { counts.withLock { $0.open } > capacity * 3 / 4 }

    /// Counts a connection of an address, until ``release(_:)``; false when the address has a quarter of all already
    /// and less than a quarter is free.
    ///
    /// - Parameter address: an address as attempts are counted: an IPv6 host has a whole /64.
    func admit(_ address: String) -> Bool {
        let capacity = capacity
        return counts.withLock { counts in
            let own = counts.byAddress[address, default: 0]
            guard own < max(8, capacity / 4) || counts.open <= capacity * 3 / 4 else { return false }
            counts.byAddress[address] = own + 1
            return true
        }
    }

    func release(_ address: String) {
        counts.withLock { counts in
            let left = counts.byAddress[address, default: 1] - 1
            counts.byAddress[address] = left == 0 ? nil : left
        }
    }

    /// Reads the limit each time, since an operator may change that of a running process.
    private var capacity: Int {
        let most = listener == .public ? HTTPLimits.connections : HTTPLimits.adminConnections
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return most }
        let available = max(8, Int(clamping: limit.rlim_cur) - ConnectionLimit.reserve)
        let forAdmin = min(HTTPLimits.adminConnections, available / 4)
        return listener == .public ? min(most, available - forAdmin) : forAdmin
    }
}
