import Foundation

/// The service manager that started this process, if it wants to be notified (sd_notify(3)).
struct ServiceManager: Sendable {
    private let socketPath: String?
    /// The process is ended unless ``stillAnswers()`` is called in such intervals; nil for never
    /// (sd_watchdog_enabled(3)).
    let watchdogInterval: Duration?

    init(
        environment: [String: String] = ProcessInfo.processInfo.environment,
        process: Int = Int(ProcessInfo.processInfo.processIdentifier)
    ) {
        socketPath = environment["NOTIFY_SOCKET"]
        let isMeant = environment["WATCHDOG_PID"].map { Int($0) == process } ?? true
        let microseconds = environment["WATCHDOG_USEC"].flatMap { Int64($0) } ?? 0
        watchdogInterval = socketPath != nil && isMeant && microseconds > 0 ? .microseconds(microseconds) : nil
    }

    /// The listeners are open.
    func ready() { send("READY=1") }

    /// Files are read again. ``ready()`` follows.
    func reloading() {
        var now = timespec()
        clock_gettime(CLOCK_MONOTONIC, &now)
        send("RELOADING=1\nMONOTONIC_USEC=\(now.tv_sec * 1_000_000 + now.tv_nsec / 1000)")
    }

    /// The service is about to end.
    func stopping() { send("STOPPING=1") }

    /// The service answers requests.
    func stillAnswers() { send("WATCHDOG=1") }

    /// Sends a datagram. The service works without its manager, so that a failure is of no consequence.
    private func send(_ text: String) {
        guard let socketPath, let address = UnixSocketAddress(socketPath, allowsAbstract: true) else { return }
        let descriptor = socket(AF_UNIX, Int32(SOCK_DGRAM.rawValue | SOCK_CLOEXEC.rawValue), 0)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        _ = address.withUnsafePointer { pointer, length in
            sendto(descriptor, text, text.utf8.count, Int32(MSG_DONTWAIT), pointer, length)
        }
    }
}
