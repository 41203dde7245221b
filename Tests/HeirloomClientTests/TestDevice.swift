import HeirloomClient
import Synchronization

/// A device with clocks that a test sets, a store that may fail, and processes that may be killed.
final class TestDevice: Sendable {
    private let instant = Mutex(ClientInstant(unix: 1_800_000_000, uptime: .seconds(1000)))
    let service = FakeService()
    let store = FailingStore()

    var clock: ClientClock {
        ClientClock(now: { self.now }, sleep: { self.pass($0) })
    }

    var now: ClientInstant { instant.withLock { $0 } }

    /// Time passes, here and for the service.
    func pass(_ duration: Duration) {
        instant.withLock {
            $0.uptime += duration; $0.unix += Int(duration.components.seconds)
        }
        service.with { $0.now += Int(duration.components.seconds) }
    }

    /// The wall clock of the device jumps.
    func jump(seconds: Int) { instant.withLock { $0.unix += seconds } }

    /// A process with its own memory.
    func client() throws -> HeirloomClient {
        try HeirloomClient(
            issuer: FakeService.issuer, clientID: "web", store: store, transport: service, clock: clock)
    }

    func core() -> ClientCore {
        let settings = ClientCore.Settings(issuer: FakeService.issuer, clientID: "web", bindsSessions: true) { count in
            (0..<count).map { _ in UInt8.random(in: 0...255) }
        }
        return ClientCore(settings)
    }

    /// Performs one action of a core.
    func perform(_ action: ClientCore.Action) async throws -> ClientCore.Event {
        switch action {
        case .load: return .loaded(await store.contents)
        case .save(let bytes):
            try await store.save(bytes)
            return .saved
        case .remove:
            try await store.remove()
            return .removed
        case .send(let request):
            do { return .answered(try await service.send(request)) } catch { return .failed(.noAnswer) }
        case .pause(let duration):
            pass(duration)
            return .paused
        case .finish: preconditionFailure("there is nothing to perform")
        }
    }
}
