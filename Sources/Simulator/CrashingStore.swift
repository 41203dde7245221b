import Dispatch
import Synchronization
import TokenCore

/// A store whose process crashes in the n-th transaction from now, and whose next commit can be held up while a batch
/// queues.
final class CrashingStore: Store {
    private struct State {
        var armed: (point: CrashPoint, after: Int)?
        var crashed: CrashPoint?
        var commits = 0
        var holdsNext = false
        var isHolding = false
    }

    private let base: any Store
    private let disk: any SimulatedDisk
    private let state = Mutex(State())
    private let gate = DispatchSemaphore(value: 0)

    init(_ base: any Store, on disk: any SimulatedDisk) {
        self.base = base
        self.disk = disk
    }

    /// Makes the process crash at `point` of the transaction that follows `after` others.
    func arm(_ point: CrashPoint, after: Int) { state.withLock { $0.armed = (point, after) } }

    var isArmed: Bool { state.withLock { $0.armed != nil } }

    /// Where the process crashed; nil while it runs.
    var crashed: CrashPoint? { state.withLock { $0.crashed } }

    /// The number of transactions on disk.
    var commits: Int { state.withLock { $0.commits } }

    /// Holds the next transaction up until ``release()``.
    func hold() { state.withLock { $0.holdsNext = true } }

    var isHolding: Bool { state.withLock { $0.isHolding } }

    func release() { gate.signal() }

    func commit(
        prefetching keys: @autoclosure () -> RowKeys, _ body: (any Rows) throws -> WriteSet
    ) throws {
        if startsHolding() {
            gate.wait()
            state.withLock { $0.isHolding = false }
            return try base.commit(prefetching: keys(), body)
        }
        switch try nextCrashPoint() {
        case .before:
            throw SimulatedCrash()
        case .within:
            try base.commit(prefetching: keys()) { rows in
                _ = try body(rows)
                throw SimulatedCrash()
            }
        case .torn:
            try disk.tear()
            try base.commit(prefetching: keys(), body)
            throw SimulatedCrash()
        case .after:
            disk.mark()
            try base.commit(prefetching: keys(), body)
            state.withLock { $0.commits += 1 }
            throw SimulatedCrash()
        case nil:
            disk.mark()
            try base.commit(prefetching: keys(), body)
            state.withLock { $0.commits += 1 }
        }
    }

    private func startsHolding() -> Bool {
        state.withLock { state in
            guard state.holdsNext else { return false }
            state.holdsNext = false
            state.isHolding = true
            return true
        }
    }

    private func nextCrashPoint() throws -> CrashPoint? {
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

    func openSessions(of subject: SubjectID?, after id: SessionID?, limit: Int) async throws -> [Session] {
        try await base.openSessions(of: subject, after: id, limit: limit)
    }

    func subject(_ id: SubjectID) async throws -> SubjectRecord? { try await base.subject(id) }

    func subjects(named keys: UsernameKeys) async throws -> [SubjectRecord] { try await base.subjects(named: keys) }

    func users(after name: String, limit: Int) async throws -> [SubjectRecord] {
        try await base.users(after: name, limit: limit)
    }

    func usersWithoutName(after id: SubjectID?, limit: Int) async throws -> [SubjectRecord] {
        try await base.usersWithoutName(after: id, limit: limit)
    }

    func identity(_ id: IdentityID) async throws -> IdentityRecord? { try await base.identity(id) }

    func identities(of subject: SubjectID, limit: Int) async throws -> [IdentityRecord] {
        try await base.identities(of: subject, limit: limit)
    }

    func usersWithoutFoldedName(limit: Int) async throws -> [SubjectRecord] {
        try await base.usersWithoutFoldedName(limit: limit)
    }

    func usersWithSharedFoldedName(limit: Int) async throws -> [SubjectRecord] {
        try await base.usersWithSharedFoldedName(limit: limit)
    }

    func signingKeys() async throws -> [SigningKeyRecord] { try await base.signingKeys() }

    func client(_ id: ClientID) async throws -> ClientRecord? { try await base.client(id) }

    func clients(after name: String, limit: Int) async throws -> [ClientRecord] {
        try await base.clients(after: name, limit: limit)
    }

    func oneTimeLink(_ hash: TokenHash) async throws -> OneTimeLink? { try await base.oneTimeLink(hash) }

    func events(_ query: EventQuery, limit: Int) async throws -> [EventRecord] {
        try await base.events(query, limit: limit)
    }

    func webhookCursor(_ name: WebhookName) async throws -> WebhookCursor? { try await base.webhookCursor(name) }

    func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
        try await base.revocations(after: sequence, limit: limit)
    }
}
