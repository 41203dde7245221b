import Foundation
import GRDB
import SQLiteStore
import SessionEngine
import Testing
import TokenCore
import TokenTesting

struct RestoreTests {
    let database: TemporaryDatabase
    let backup: TemporaryDatabase
    let service: TestService

    init() throws {
        database = try TemporaryDatabase()
        backup = try TemporaryDatabase()
        service = TestService(store: try database.open())
    }

    @Test func `a restore goes on above the feed's numbers so that every reader is reset`() async throws {
        let user = try await service.createUser("ada")
        _ = try await service.login(user)
        try await service.submit(EndAllSessions(by: .administrator(of: user.id)))
        try save()
        for _ in 0..<3 {
            _ = try await service.login(user)
            try await service.submit(EndAllSessions(by: .administrator(of: user.id)))
        }
        let newest = try await feed(service).read(after: 0).next
        try close()
        _ = try restore()

        let restored = TestService(store: try database.open())
        for position in 1...newest {
            let page = try await feed(restored).read(after: position)
            #expect(page.reset && page.next > newest)
            // What was revoked since the backup stays so, until its tokens have expired.
            #expect(page.entries.count == 4)
        }
        let page = try await feed(restored).read(after: 0)
        #expect(try await feed(restored).read(after: page.next).reset == false)
    }

    @Test(arguments: [true, false])
    func `without the replaced database the feed's numbers leave a gap`(isDamaged: Bool) async throws {
        _ = try await service.open()
        try save()
        try close()
        try? FileManager.default.removeItem(atPath: database.path + "-wal")
        if isDamaged {
            try Data(repeating: 0x5A, count: 9000).write(to: URL(fileURLWithPath: database.path))
        } else {
            try FileManager.default.removeItem(atPath: database.path)
        }
        let inheritance = try restore()
        #expect(!inheritance.isComplete && inheritance.undone.isEmpty)
        #expect(try await feed(TestService(store: try database.open())).read(after: 1000).reset)
    }

    @Test func `what was used once stays used`() async throws {
        try save()
        let assertion = UsedOnce.assertion(
            of: ClientID("api"), named: "once", expiring: service.clock.now.seconds, forgottenAfter: 60)
        #expect(try await service.submit(UseOnce(assertion)))
        try close()
        _ = try restore()
        let restored = TestService(store: try database.open())
        #expect(try await restored.submit(UseOnce(assertion)) == false)
    }

    /// One of them may have been used since the backup.
    @Test(arguments: [true, false]) func `one-time links of a backup are void`(isDatabaseThere: Bool) async throws {
        let user = try await service.createUser("ada")
        let token = OneTimeLinkToken(service.entropy.bytes())
        try await service.submit(
            MakeOneTimeLink(for: user.id, purpose: .reset, hash: token.hash, lifetimeSeconds: 3600))
        try save()
        try close()
        if !isDatabaseThere { try FileManager.default.removeItem(atPath: database.path) }
        _ = try restore()
        let restored = TestService(store: try database.open())
        #expect(try await restored.store.subject(user.id) != nil)
        #expect(try await restored.store.oneTimeLink(token.hash) == nil)
    }

    @Test func `a restore lists the logouts that it undoes`() async throws {
        let user = try await service.createUser("ada")
        let (kept, _) = try await service.login(user)
        let (ended, _) = try await service.login(user)
        _ = try await service.submit(EndSession(ended.id, by: .administrator, reason: .endedByAdministrator))
        try save()
        _ = try await service.submit(EndSession(kept.id, by: .administrator, reason: .endedByAdministrator))
        try close()
        let inheritance = try restore()
        #expect(inheritance.isComplete)
        #expect(inheritance.undone.map(\.session) == [kept.id])
    }

    @Test func `no session survives when all are ended, and the feed names those that the copy does not know`()
        async throws
    {
        let user = try await service.createUser("ada")
        let (_, token) = try await service.login(user)
        let idle = try await service.createUser("idle")
        try save()
        let late = try await service.createUser("late")
        for user in [idle, late] { _ = try await service.login(user) }
        try close()
        let draft = try RestoreDraft(of: backup.path, for: database.path)
        _ = try draft.inherit(at: service.clock.now, endingSessionsBy: service.rules)
        _ = try draft.replace(at: service.clock.now)

        let restored = TestService(store: try database.open())
        #expect(try await restored.refusal(of: token) == .revoked)
        let named = try await feed(restored).read(after: 0).entries.compactMap { entry in
            if case .subject(let id, _) = entry.target { id } else { nil }
        }
        #expect(Set(named) == [user.id, idle.id, late.id])
    }

    @Test func `a write-ahead log is not left beside the restored database`() async throws {
        try save()
        // A service that was killed leaves one.
        let crashed = try TemporaryDatabase()
        _ = try await service.open()
        try database.crash(into: crashed)
        #expect(FileManager.default.fileExists(atPath: crashed.path + "-wal"))
        let draft = try RestoreDraft(of: backup.path, for: crashed.path)
        _ = try draft.inherit(at: service.clock.now, endingSessionsBy: nil)
        let kept = try #require(try draft.replace(at: service.clock.now))
        #expect(FileManager.default.fileExists(atPath: kept))
        for suffix in ["-wal", "-shm", ".restore"] {
            #expect(!FileManager.default.fileExists(atPath: crashed.path + suffix))
        }
        #expect(try await crashed.open().users(after: "", limit: 1).isEmpty)
    }

    @Test func `a file that is no sound database is refused and nothing is changed`() async throws {
        try save()
        let sound = try Data(contentsOf: URL(fileURLWithPath: backup.path))
        let empty = try TemporaryDatabase()
        try empty.run("CREATE TABLE other (x)")
        let foreign = try Data(contentsOf: URL(fileURLWithPath: empty.path))
        try close()
        let before = try Data(contentsOf: URL(fileURLWithPath: database.path))
        let text = Data("no database at all".utf8)
        for contents in [Data(), text, sound.prefix(3 * 2048), sound.dropLast(2048), foreign] {
            try Data(contents).write(to: URL(fileURLWithPath: backup.path))
            #expect(throws: RestoreFailure.self) { try RestoreDraft(of: backup.path, for: database.path) }
        }
        #expect(throws: RestoreFailure.self) { try RestoreDraft(of: database.path, for: database.path) }
        #expect(throws: RestoreFailure.self) { try RestoreDraft(of: backup.path + "-none", for: database.path) }
        #expect(try Data(contentsOf: URL(fileURLWithPath: database.path)) == before)
        #expect(!FileManager.default.fileExists(atPath: database.path + ".restore"))
    }

    @Test func `a damaged file is found past the caches`() async throws {
        let store = try database.open()
        for _ in 0..<50 { _ = try await service.open() }
        #expect(store.damage(limit: .max) == nil)
        try close()
        try store.close()
        let again = try database.open()
        let handle = try FileHandle(forWritingTo: URL(fileURLWithPath: database.path))
        // None of these holds the schema.
        for page in try database.pages(of: "sessions") {
            try handle.seek(toOffset: UInt64(page - 1) * 2048)
            try handle.write(contentsOf: Data(count: 2048))
        }
        try handle.close()
        #expect(again.damage(limit: .max) != nil)
        #expect(again.damage(limit: 2048) == nil)
    }

    @Test func `an empty file and a missing one are empty, and a truncated one is damaged`() throws {
        try close()
        #expect(try !SQLiteStore.isEmpty(database.path))
        #expect(try SQLiteStore.isEmpty(database.path + "-none"))
        #expect(truncate(database.path, 3 * 2048) == 0)
        #expect(throws: SQLiteStore.DamagedFile.self) { try SQLiteStore.isEmpty(database.path) }
        #expect(truncate(database.path, 0) == 0)
        #expect(try SQLiteStore.isEmpty(database.path))
    }

    private func feed(_ service: TestService) -> RevocationFeed {
        RevocationFeed(store: service.store, notifier: RevocationNotifier())
    }

    private func save() throws { try (service.store as? SQLiteStore)?.backup(to: backup.path) }

    private func close() throws { try (service.store as? SQLiteStore)?.close() }

    private func restore() throws -> RestoreDraft.Inheritance {
        let draft = try RestoreDraft(of: backup.path, for: database.path)
        let inheritance = try draft.inherit(at: service.clock.now, endingSessionsBy: nil)
        _ = try draft.replace(at: service.clock.now)
        return inheritance
    }
}
