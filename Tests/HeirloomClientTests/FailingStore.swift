import HeirloomClient

/// A memory store whose next saves may fail.
actor FailingStore: SessionStore {
    private let base = MemorySessionStore()
    /// Whether each of the next saves succeeds. After them all saves do.
    private var plan: [Bool] = []
    private var isFull = false
    private(set) var saves = 0

    func fill(_ isFull: Bool = true) { self.isFull = isFull }

    /// The saves fail of which the plan says so.
    func plan(_ successes: [Bool]) { plan = successes }

    var contents: [UInt8]? { get async { await base.load() } }

    @discardableResult
    nonisolated func withLock<Result: Sendable>(
        _ body: @escaping @Sendable () async -> Result
    ) async throws(SessionStoreError) -> Result {
        try await base.withLock(body)
    }

    func load() async throws(SessionStoreError) -> [UInt8]? { await base.load() }

    func save(_ session: [UInt8]) async throws(SessionStoreError) {
        saves += 1
        if isFull || (!plan.isEmpty && !plan.removeFirst()) {
            throw SessionStoreError("no space left on device")
        }
        await base.save(session)
    }

    func remove() async throws(SessionStoreError) { await base.remove() }
}
