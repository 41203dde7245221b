import Dispatch
import Synchronization
import TokenCore

/// A store whose process can be made to die at the n-th transaction, and whose lane can be held up until a batch has
/// gathered.
final class CrashingStore: Store {
    private struct State {
        var armed: (point: CrashPoint, after: Int)?
        var crashed: CrashPoint?
        var commits = 0
        var isHeld = false
        var holding = false
    }

    private let base: any Store
    private let disk: any SimulatedDisk
    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    init(_ base: any Store, on disk: any SimulatedDisk) {
        self.base = base
        self.disk = disk
    }

    /// Dies at `point` of the transaction that comes after `after` others.
    func arm(_ point: CrashPoint, after: Int) { state.withLock { $0.armed = (point, after) } }

    var isArmed: Bool { state.withLock { $0.armed != nil } }

    /// Where the process died; nil while it lives.
    var crashed: CrashPoint? { state.withLock { $0.crashed } }

    /// How many transactions are on disk.
    var commits: Int { state.withLock { $0.commits } }

    /// Lets the next transaction wait until ``release()``.
    func hold() { state.withLock { $0.isHeld = true } }

    var isHolding: Bool { state.withLock { $0.holding } }

    func release() { gate.signal() }

    func transaction<Outcome>(
        at now: Timestamp, rules: SessionRules, prefetching keys: RowKeys, _ body: (inout Transaction) throws -> Outcome
    ) throws -> Outcome {
        if mustWait() {
            gate.wait()
            state.withLock { $0.holding = false }
            return try base.transaction(at: now, rules: rules, prefetching: names, body)
        }
        switch try nextFate() {
        case .before:
            throw SimulatedCrash()
        case .within:
            return try base.transaction(at: now, rules: rules, prefetching: names) { transaction in
                _ = try body(&transaction)
                throw SimulatedCrash()
            }
        case .torn:
            try disk.tear()
            _ = try base.transaction(at: now, rules: rules, prefetching: names, body)
            throw SimulatedCrash()
        case .after:
            disk.mark()
            _ = try base.transaction(at: now, rules: rules, prefetching: names, body)
            state.withLock { $0.commits += 1 }
            throw SimulatedCrash()
        case nil:
            disk.mark()
            let outcome = try base.transaction(at: now, rules: rules, prefetching: names, body)
            state.withLock { $0.commits += 1 }
            return outcome
        }
    }

    private func mustWait() -> Bool {
        state.withLock { state in
            guard state.isHeld else { return false }
            state.isHeld = false
            state.holding = true
            return true
        }
    }

    private func nextFate() throws -> CrashPoint? {
        try state.withLock { state in
            if state.crashed != nil { throw SimulatedCrash() }
            guard let armed = state.armed else { return nil }
            if armed.after > 0 {
                state.armed = (armed.point, armed.after - 1)
                return nil
            }
            state.armed = nil
            state.crashed = armed.point
            return armed.point
        }
    }
}

extension CrashingStore {
    func session(_ id: SessionID) async throws -> Session? { try await base.session(id) }

    func sessions(of subject: SubjectID?, limit: Int) async throws -> [Session] {
        try await base.sessions(of: subject, limit: limit)
    }

    func subject(_ id: SubjectID) async throws -> SubjectRecord? { try await base.subject(id) }

    func subject(usernameKey: String) async throws -> SubjectRecord? { try await base.subject(usernameKey: usernameKey) }

    func users(after name: String, limit: Int) async throws -> [SubjectRecord] {
        try await base.users(after: name, limit: limit)
    }

    func signingKeys() async throws -> [SigningKeyRecord] { try await base.signingKeys() }

    func client(_ id: ClientID) async throws -> ClientRecord? { try await base.client(id) }

    func clients() async throws -> [ClientRecord] { try await base.clients() }

    func events(of subject: SubjectID?, before number: Int?, limit: Int) async throws -> [StoredEvent] {
        try await base.events(of: subject, before: number, limit: limit)
    }

    func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
        try await base.revocations(after: sequence, limit: limit)
    }
}
