import Synchronization
import Testing
import TokenHTTP

struct ReadinessProbeTests {
    /// A probe whose checks are counted, with a clock that stands still until it is moved.
    private final class Scene: Sendable {
        struct Failure: Error {}

        let state = Mutex((now: ContinuousClock.now, checks: 0, isUsable: true))

        var probe: ReadinessProbe {
            ReadinessProbe(clock: { self.state.withLock { $0.now } }) {
                let isUsable = self.state.withLock { state in
                    state.checks += 1
                    return state.isUsable
                }
                if !isUsable { throw Failure() }
            }
        }

        var checks: Int { state.withLock { $0.checks } }

        func advance(milliseconds: Int) { state.withLock { $0.now += .milliseconds(milliseconds) } }
    }

    @Test func `one check answers all calls of half a second`() async {
        let scene = Scene()
        let probe = scene.probe
        for _ in 0..<100 { #expect(await probe.isReady()) }
        scene.advance(milliseconds: 499)
        #expect(await probe.isReady())
        #expect(scene.checks == 1)
        scene.advance(milliseconds: 1)
        #expect(await probe.isReady())
        #expect(scene.checks == 2)
    }

    @Test func `a failure is an answer for as long as a success`() async {
        let scene = Scene()
        let probe = scene.probe
        scene.state.withLock { $0.isUsable = false }
        for _ in 0..<10 { #expect(await probe.isReady() == false) }
        scene.state.withLock { $0.isUsable = true }
        #expect(await probe.isReady() == false)
        #expect(scene.checks == 1)
        scene.advance(milliseconds: 500)
        #expect(await probe.isReady())
    }

    @Test func `concurrent calls share one check`() async {
        let scene = Scene()
        let probe = scene.probe
        await withTaskGroup { group in
            for _ in 0..<50 { group.addTask { #expect(await probe.isReady()) } }
        }
        #expect(scene.checks == 1)
    }
}
