import Dispatch
import Synchronization
import TokenCore
import TokenTesting

/// A memory store whose commits can be held up, can fail, and can run their body again.
final class FailingStore: Store {
    struct Broken: Error {}

    let inner = MemoryStore()
    /// The number of commits that have begun.
    let commits = Mutex(0)
    let isBroken = Mutex(false)
    /// How many times the next commit runs its body before the run that it writes.
    let conflicts = Mutex(0)
    /// The keys for which a commit has begun anew.
    let missing = Mutex<[RowKeys]>([])
    private let isHeld = Mutex(false)
    private let gate = DispatchSemaphore(value: 0)

    /// Holds the next commit up until ``release()``.
    func hold() { isHeld.withLock { $0 = true } }

    func release() {
        isHeld.withLock { $0 = false }
        gate.signal()
    }

    func commit(
        prefetching keys: @autoclosure () -> RowKeys, _ body: (any Rows) throws -> WriteSet
    ) throws {
        commits.withLock { $0 += 1 }
        if isHeld.withLock({ $0 }) { gate.wait() }
        while conflicts.withLock({ count in
            defer { count = max(0, count - 1) }
            return count > 0
        }) {
            _ = try? body(inner.contents)
        }
        if isBroken.withLock({ $0 }) { throw Broken() }
        do { try inner.commit(prefetching: keys(), body) } catch let error as RowsNotPrefetched {
            missing.withLock { $0.append(error.keys) }
            try inner.commit(prefetching: keys(), body)
        }
    }

    func session(_ id: SessionID) async throws -> Session? { try await inner.session(id) }
    func openSessions(of subject: SubjectID?, after id: SessionID?, limit: Int) async throws -> [Session] { [] }
    func subject(_ id: SubjectID) async throws -> SubjectRecord? { nil }
    func subjects(named keys: UsernameKeys) async throws -> [SubjectRecord] { [] }
    func users(after name: String, limit: Int) async throws -> [SubjectRecord] { [] }
    func usersWithoutName(after id: SubjectID?, limit: Int) async throws -> [SubjectRecord] { [] }
    func identity(_ id: IdentityID) async throws -> IdentityRecord? { nil }
    func identities(of subject: SubjectID, limit: Int) async throws -> [IdentityRecord] { [] }
    func usersWithoutFoldedName(limit: Int) async throws -> [SubjectRecord] { [] }
    func usersWithSharedFoldedName(limit: Int) async throws -> [SubjectRecord] { [] }
    func signingKeys() async throws -> [SigningKeyRecord] { [] }
    func client(_ id: ClientID) async throws -> ClientRecord? { nil }
    func clients(after name: String, limit: Int) async throws -> [ClientRecord] { [] }
    func oneTimeLink(_ hash: TokenHash) async throws -> OneTimeLink? { nil }
    func events(_ query: EventQuery, limit: Int) async throws -> [EventRecord] { [] }
    func webhookCursor(_ name: WebhookName) async throws -> WebhookCursor? { nil }
    func revocations(after sequence: Int, limit: Int) async throws -> RevocationPage {
        RevocationPage(rows: [], limit: limit, newest: 0, collected: 0)
    }
}
