import HeirloomClient
import SessionEngine
import StrictCoding
import TokenCore
import TokenTesting

/// The state of a run: the service, three devices with two processes each, and what lies between them.
final class ClientWorld {
    /// The sessions of the last device are not bound to a key.
    static let deviceCount = 3

    let disk = MemoryDisk()
    let clock = TestClock()
    let entropy: Entropy
    let mutation: ClientMutation?
    var service: ClientService
    var history = History()
    var devices = (0..<deviceCount).map { DeviceStore(bindsSessions: $0 < deviceCount - 1) }
    var processes = Array(repeating: SimulatedProcess(), count: 2 * deviceCount)
    var lostRequests: [LostRequest] = []
    /// When the tokens of unbound sessions first arrived, and how often.
    var arrivals: [String: (first: Timestamp, count: Int)] = [:]
    /// Unbound sessions that a retry after the window, or a request that was late, may have ended.
    var exposed: Set<SessionID> = []
    var sessions: Set<SessionID> = []

    init(seed: UInt64, mutation: ClientMutation?) async throws {
        self.mutation = mutation
        entropy = .seeded(seed)
        service = ClientService(
            store: CrashingStore(disk.open(), on: disk), clock: clock, entropy: entropy)
    }

    func subject(of device: Int) -> SubjectID { SubjectID("owner-\(device)") }

    func perform(_ step: ClientStep) async throws {
        history.add("\(clock.now)  \(step)")
        switch step {
        case .want(let process, let wish):
            guard processes[process].step == nil, processes[process].wish == nil else { return }
            processes[process].wish = wish
            beginNext(on: process / 2)
        case .advance(let process, let fate): try await advance(process, fate)
        case .finish(let process):
            for _ in 0..<64 where processes[process].step != nil {
                try await advance(process, .delivered)
            }
        case .kill(let process): kill(process)
        case .pass(let seconds): clock.advance(milliseconds: seconds * 1000)
        case .jump(let device, let seconds): devices[device].clockOffset += seconds
        case .fillDisk(let device, let isFull): devices[device].isFull = isFull
        case .deliverLostRequest(let number):
            // A request that is late by less may follow the use of the successor; `docs/client.md` names this.
            guard !lostRequests.isEmpty, case let index = number % lostRequests.count,
                clock.now > lostRequests[index].sentAt + 180
            else { return }
            let lost = lostRequests.remove(at: index)
            try await exchange(lost.request, lost.device, isLate: true)
        case .endSessions(let device):
            try? await service.endSessions(of: subject(of: device))
            if let point = service.store.crashed { try restart(losingLast: point == .torn) }
        case .crashService(let point, let after): service.store.arm(point, after: after)
        case .restartService: try restart(losingLast: false)
        }
        try await audit()
    }

    /// Whether a session may have been ended by a presentation: none that is bound to a key.
    func audit() async throws {
        for id in sessions where !exposed.contains(id) {
            switch try await service.service.session(id)?.record.ending?.reason {
            case .reuse?, .rollback?:
                throw Violation("the session \(id) was ended although its client kept the rules")
            default: break
            }
        }
    }

    /// All faults end. Each device whose session is live goes on.
    func finish() async throws {
        for device in devices.indices { devices[device].isFull = false }
        for process in processes.indices { kill(process) }
        for device in devices.indices where devices[device].contents != nil {
            for _ in 0..<8 {
                guard let text = devices[device].sessionID, let id = SessionID(text),
                    case .live = try await service.service.status(of: id)
                else { break }
                try await perform(.want(process: 2 * device, .token))
                try await perform(.finish(process: 2 * device))
                guard processes[2 * device].lastToken == nil else { break }
                try await perform(.pass(seconds: 86_400))
            }
            guard let text = devices[device].sessionID, let id = SessionID(text), !exposed.contains(id),
                case .live = try await service.service.status(of: id)
            else { continue }
            if processes[2 * device].lastToken == nil {
                throw Violation("device \(device) does not go on")
            }
        }
    }

    func restart(losingLast: Bool) throws {
        disk.crash(losingLast: losingLast)
        service = ClientService(
            store: CrashingStore(disk.open(), on: disk), clock: clock, entropy: entropy)
    }
}
