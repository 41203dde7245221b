/// Keeps a session in memory, until the process ends.
public actor MemorySessionStore: SessionStore {
    private var session: [UInt8]?
    private var isLocked = false
    private var waiting: [CheckedContinuation<Void, Never>] = []

    /// Makes an empty store.
    public init() {}

    /// Runs a body while no other one runs. Never fails.
    @discardableResult
    public func withLock<Result: Sendable>(
        _ body: @escaping @Sendable () async -> Result
    ) async throws(SessionStoreError) -> Result {
        if isLocked { await withCheckedContinuation { waiting.append($0) } }
        isLocked = true
        let result = await body()
        // The next holder gets the lock before anybody else can take it.
        if waiting.isEmpty { isLocked = false } else { waiting.removeFirst().resume() }
        return result
    }

    /// Returns the stored bytes; nil if there are none.
    public func load() -> [UInt8]? { session }

    /// Replaces the stored bytes.
    public func save(_ session: [UInt8]) { self.session = session }

    /// Removes the stored bytes.
    public func remove() { session = nil }
}
