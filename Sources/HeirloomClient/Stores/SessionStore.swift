/// Keeps one session between the runs of an application.
///
/// ``FileSessionStore`` and ``MemorySessionStore`` are implementations. Another one, for example over a keychain, must
/// keep these promises, because the session is lost without them:
///
/// - ``save(_:)`` returns after the bytes are durable. If the process is killed in it, the store holds either the old
///   bytes or the new ones.
/// - ``withLock(_:)`` excludes every other holder of the same stored session, in this process and in others. A lock of
///   a process that was killed is released.
/// - The bytes are secret: they contain tokens and the private key.
public protocol SessionStore: Sendable {
    /// Runs a body while no other holder of the same stored session runs one.
    ///
    /// - Throws: ``SessionStoreError`` if the lock cannot be had.
    @discardableResult
    func withLock<Result: Sendable>(
        _ body: @escaping @Sendable () async -> Result
    ) async throws(SessionStoreError) -> Result

    /// Returns the stored bytes; nil if there are none. Called with the lock.
    ///
    /// - Throws: ``SessionStoreError`` if the store cannot be read.
    func load() async throws(SessionStoreError) -> [UInt8]?

    /// Replaces the stored bytes. Called with the lock.
    ///
    /// - Throws: ``SessionStoreError`` if the old bytes are still stored, or may be.
    func save(_ session: [UInt8]) async throws(SessionStoreError)

    /// Removes the stored bytes if there are any. Called with the lock.
    ///
    /// - Throws: ``SessionStoreError`` if they are still stored, or may be.
    func remove() async throws(SessionStoreError)
}
