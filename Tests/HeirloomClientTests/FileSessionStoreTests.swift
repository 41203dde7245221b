import Foundation
import HeirloomClient
import Testing

struct FileSessionStoreTests {
    private let folder = FileManager.default.temporaryDirectory.appending(path: "client-store-\(UUID().uuidString)")

    private var path: String { folder.appending(path: "deep/session.json").path }

    @Test func `a file is readable by its owner alone, and so is its folder`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = FileSessionStore(path: path)
        #expect(try await store.withLock { await Result { try await store.load() } }.get() == nil)
        for text in ["first", "second"] {
            try await store.withLock { await Result { try await store.save(Array(text.utf8)) } }.get()
            #expect(try await store.load() == Array(text.utf8))
            #expect(try mode(path) == 0o600)
        }
        #expect(try mode(path + ".lock") == 0o600)
        #expect(try mode(folder.appending(path: "deep").path) == 0o700)
        try await store.remove()
        try await store.remove()
        #expect(try await store.load() == nil)
        #expect(
            try FileManager.default.contentsOfDirectory(atPath: folder.appending(path: "deep").path) == [
                "session.json.lock"
            ])
    }

    @Test func `what a killed process left of a save is replaced`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = FileSessionStore(path: path)
        try await store.withLock { await Result { try await store.save(Array("whole".utf8)) } }.get()
        try Data("hal".utf8).write(to: URL(filePath: path + ".new"))
        #expect(try await store.load() == Array("whole".utf8))
        try await store.save(Array("next".utf8))
        #expect(try await store.load() == Array("next".utf8))
    }

    @Test func `holders exclude each other, over one store and over several`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let stores = (0..<3).map { _ in FileSessionStore(path: path) }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for number in 0..<60 {
                let store = stores[number % 3]
                group.addTask {
                    try await store.withLock {
                        await Result {
                            let count =
                                try await store.load().map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 } ?? 0
                            await Task.yield()
                            try await store.save(Array("\(count + 1)".utf8))
                        }
                    }.get()
                }
            }
            try await group.waitForAll()
        }
        #expect(try await stores[0].load() == Array("60".utf8))
    }

    @Test func `a lock that is not free in time is an error`() async throws {
        defer { try? FileManager.default.removeItem(at: folder) }
        let holder = FileSessionStore(path: path)
        let other = FileSessionStore(path: path, patience: .milliseconds(20))
        try await holder.withLock {
            await #expect(throws: SessionStoreError.self) { try await other.withLock {} }
        }
        try await other.withLock {}
    }

    @Test func `a file that is too large, a folder in its place and a folder that cannot be made are errors`()
        async throws
    {
        defer { try? FileManager.default.removeItem(at: folder) }
        let store = FileSessionStore(path: path)
        try await store.withLock { await Result { try await store.save([UInt8](repeating: 0x20, count: 200_000)) } }
            .get()
        await #expect(throws: SessionStoreError.self) { try await store.load() }
        await #expect(throws: SessionStoreError.self) { try await FileSessionStore(path: "/").save([]) }
        await #expect(throws: SessionStoreError.self) {
            try await FileSessionStore(path: path + "/session.json").withLock {}
        }
    }

    private func mode(_ path: String) throws -> Int {
        let attributes = try FileManager.default.attributesOfItem(atPath: path)
        return (attributes[.posixPermissions] as? NSNumber)?.intValue ?? 0
    }
}

extension Result where Failure == any Error {
    /// The result of an asynchronous body.
    fileprivate init(_ body: () async throws -> Success) async {
        do { self = .success(try await body()) } catch { self = .failure(error) }
    }
}
