import ServiceLifecycle
import TokenHTTP

/// Keeps the listeners open for some time after SIGTERM. Services shut down in reverse order, so this one is the last.
struct DrainDelay: Service {
    let drain: Drain
    let seconds: Int
    let manager: ServiceManager

    func run() async throws {
        try await gracefulShutdown()
        drain.begin()
        manager.stopping()
        try await Task.sleep(for: .seconds(seconds))
    }
}
