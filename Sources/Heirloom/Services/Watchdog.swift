import NIOCore
import ServiceLifecycle
import TokenHTTP

/// Notifies the service manager's watchdog for as long as the public listener answers.
struct Watchdog: Service {
    let manager: ServiceManager
    let interval: Duration
    /// Has the probe of the listener once it is open.
    let probes: AsyncStream<LivenessProbe>

    func run() async throws {
        // A request and a pause together are shorter than the interval.
        let third = interval / 3
        await cancelWhenGracefulShutdown {
            for await probe in probes {
                while !Task.isCancelled {
                    if await probe.answers(within: TimeAmount(third)) { manager.stillAnswers() }
                    try? await Task.sleep(for: third)
                }
            }
        }
    }
}
