import Foundation
import SQLiteStore
import TokenCore
import TokenTesting

/// Sessions in a SQLite store, in a temporary folder of its own.
final class StoredSessions {
    private let folder: URL
    private let store: SQLiteStore
    private let service: TestService
    private var tokens: [RefreshToken] = []
    private var next = 0

    init(at now: Timestamp, count: Int = 64) throws {
        folder = FileManager.default.temporaryDirectory.appendingPathComponent("heirloom-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        store = try SQLiteStore(path: folder.appendingPathComponent("heirloom.sqlite").path)
        service = TestService(store: store, clock: TestClock(at: now))
        let opened = try service.apply(
            (0..<count).map { number in
                OpenSession(
                    subject: SubjectID("subject-\(number)"), evidence: .vouched(by: nil), client: .web, scope: .none,
                    device: Device(name: "laptop"), authenticationMethods: ["pwd"], entropy: service.entropy)
            })
        for case .opened(_, let token, _) in opened { tokens.append(token) }
        guard tokens.count == count else { throw TestService.Refused() }
    }

    /// Closes the store and deletes its folder.
    func close() throws {
        try store.close()
        try FileManager.default.removeItem(at: folder)
    }

    /// Reads the next session in a transaction that writes nothing. How many look-ups share a transaction of the read
    /// lane depends on the threads.
    func lookUp() throws {
        let session = tokens[advance()].session
        guard try service.transaction({ try $0.session(session) }) != nil else { throw TestService.Refused() }
    }

    /// Rotates the token of the next session, in a durable transaction of its own.
    func rotate() throws {
        let index = advance()
        let command = Rotate(Presentation(tokens[index], by: .web), address: nil, entropy: service.entropy)
        guard case .successor(let successor, _, _)? = try service.apply([command]).first else {
            throw TestService.Refused()
        }
        tokens[index] = successor
    }

    private func advance() -> Int {
        next = (next + 1) % tokens.count
        return next
    }
}
