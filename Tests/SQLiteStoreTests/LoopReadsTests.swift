import NIOCore
import SQLiteStore
import Synchronization
import Testing
import TokenCore
import TokenTesting

/// Look-ups on an event loop.
struct LoopReadsTests {
    let database: TemporaryDatabase
    let service: TestService
    let executor = EventLoopExecutor()

    init() throws {
        database = try TemporaryDatabase()
        service = TestService(store: try database.open())
    }

    /// Runs `body` on the event loop, and expects that it ends within one turn of the loop.
    private func inOneTurn<Value: Sendable>(
        _ body: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        try await Task(executorPreference: executor) { [loop = executor.loop] in
            let turn = Turn()
            loop.execute { turn.isOver.store(true, ordering: .relaxed) }
            let value = try await body()
            let isOver = turn.isOver.load(ordering: .relaxed)
            #expect(!isOver)
            return value
        }.value
    }

    private final class Turn: Sendable {
        let isOver = Atomic(false)
    }

    @Test func `a look-up does not leave the event loop`() async throws {
        let (session, _) = try await service.open()
        let found = try await inOneTurn { try await service.store.session(session.id) }
        #expect(found == session)
    }

    @Test func `a look-up sees what this process has committed within the turn`() async throws {
        let (session, _) = try await service.open()
        let (before, after) = try await inOneTurn {
            let before = try await service.store.session(session.id)
            _ = try service.transaction { try $0.end(session.id, reason: .endedByOwner) }
            return (before, try await service.store.session(session.id))
        }
        #expect(before?.isOpen == true)
        #expect(after?.isOpen == false)
    }

    @Test func `a look-up sees what another process has committed before the turn`() async throws {
        let other = TestService(store: try database.open())
        let (session, _) = try await service.open()
        let before = try await inOneTurn { try await service.store.session(session.id) }
        _ = try other.transaction { try $0.end(session.id, reason: .endedByOwner) }
        let after = try await inOneTurn { try await service.store.session(session.id) }
        #expect(before?.isOpen == true)
        #expect(after?.isOpen == false)
    }

    @Test func `a client that was changed is read again`() async throws {
        let (session, _) = try await service.open()
        let before = try await inOneTurn { try await service.store.session(session.id)?.client }
        var changed = ClientRecord.web
        changed.accessTokenFormat = .opaque
        _ = try service.transaction { $0.save(changed) }
        let after = try await inOneTurn { try await service.store.session(session.id)?.client }
        #expect(before?.accessTokenFormat == .jwt)
        #expect(after?.accessTokenFormat == .opaque)
    }

    @Test func `a row that cannot be read fails as it does elsewhere`() async throws {
        let (session, _) = try await service.open()
        try database.run("UPDATE refresh_tokens SET hash = x'00'")
        await #expect(throws: Unavailable.self) {
            try await Task(executorPreference: executor) { try await service.store.session(session.id) }.value
        }
    }

    @Test func `a closed store answers no look-up`() async throws {
        let store = try database.open()
        let (session, _) = try await TestService(store: store).open()
        let found = try await inOneTurn { try await store.session(session.id) }
        #expect(found == session)
        try store.close()
        await #expect(throws: (any Error).self) {
            try await Task(executorPreference: executor) { try await store.session(session.id) }.value
        }
    }
}
