import Foundation
import HummingbirdCore

/// How many connections a listener may have: no more than the process has descriptors for, less those that it needs itself.
///
/// With none left the database cannot open a file, and libdispatch, which looks at its own threads by way of `/proc`, ends the
/// process. Those who come beyond the bound wait in the kernel's queue.
struct ConnectionLimit: AvailableConnectionsDelegate {
    enum Listener { case people, operators }

    /// For the database, event loops, timers and logs; about 30 are in use at a time.
    private static let reserve = 40

    private let listener: Listener
    private var open = 0

    init(_ listener: Listener) { self.listener = listener }

    mutating func connectionOpened() { open += 1 }

    mutating func connectionClosed() { open -= 1 }

    /// Asks for the limit anew each time, since an operator may change that of a running process.
    func isAcceptingNewConnections() -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return true }
        let available = max(8, Int(clamping: limit.rlim_cur) - ConnectionLimit.reserve)
        let forOperators = min(HTTPLimits.adminConnections, available / 4)
        return switch listener {
        case .people: open < min(HTTPLimits.connections, available - forOperators)
        case .operators: open < forOperators
        }
    }
}
