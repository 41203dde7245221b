import Foundation
import HummingbirdCore

/// Limits a listener's connections to the file descriptors that the process may open, less those that it needs itself.
///
/// Without a free descriptor the database cannot open a file, and libdispatch, which reads its threads from `/proc`,
/// ends the process. Connections beyond the limit wait in the kernel's queue.
struct ConnectionLimit: AvailableConnectionsDelegate {
    enum Listener { case `public`, admin }

    /// Descriptors for the database, event loops, timers and logs; about 30 are in use at a time.
    private static let reserve = 40

    private let listener: Listener
    private var open = 0

    init(_ listener: Listener) { self.listener = listener }

    mutating func connectionOpened() { open += 1 }

    mutating func connectionClosed() { open -= 1 }

    /// Reads the limit each time, since an operator may change that of a running process.
    func isAcceptingNewConnections() -> Bool {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return true }
        let available = max(8, Int(clamping: limit.rlim_cur) - ConnectionLimit.reserve)
        let forAdmin = min(HTTPLimits.adminConnections, available / 4)
        return switch listener {
        case .public: open < min(HTTPLimits.connections, available - forAdmin)
        case .admin: open < forAdmin
        }
    }
}
