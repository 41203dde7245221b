import Accounts
import SessionEngine
import Testing
import TokenCore
import TokenTesting

/// Users by name: those of older versions, and new names.
struct UserDirectoryTests {
    struct Unexpected: Error {}

    let service = TestService(store: MemoryStore())
    let directory: UserDirectory

    init() { directory = UserDirectory(store: service.store, lane: service.lane) }

    /// Creates a user as version 0.1.0 did.
    private func createOld(_ name: String) async throws -> SubjectID {
        let key = name.lowercased()
        let account = SubjectRecord.Account(username: name, usernameKey: key, password: PasswordHash(phc: "$x$"))
        let outcome = try await service.submit(CreateUser(account: account, entropy: service.entropy))
        guard case .created(let user) = outcome else { throw Unexpected() }
        return user.id
    }

    private func create(_ name: String) async throws -> CreateUser.Outcome {
        let name = try #require(Username(name))
        let account = SubjectRecord.Account(
            username: name.text, usernameKey: name.keys.exact, foldedUsername: name.keys.folded,
            password: PasswordHash(phc: "$x$"))
        return try await service.submit(CreateUser(account: account, entropy: service.entropy))
    }

    @Test func `older users are found by their spelling, and by every other one that is theirs alone`() async throws {
        let greek = try await createOld("νικος")
        let blank = try await createOld("ada\u{3164}")
        try await directory.foldNames()
        for name in ["νικος", "ΝΙΚΟΣ", "νικοσ", " Νικος "] { #expect(try await directory.user(name)?.id == greek) }
        #expect(try await directory.user("ADA\u{3164}")?.id == blank)
        #expect(try await directory.user("ada") == nil)
        #expect(try await create("ΝΙΚΟΣ") == .nameTaken)
        #expect(try await directory.usersOfInvalidNames(limit: 9).map(\.id) == [blank])
        #expect(try await directory.usersOfEqualNames(limit: 9).isEmpty)
    }

    @Test func `two older users of one folded name each keep their spelling`() async throws {
        let upper = try await createOld("ΝΙΚΟΣ")
        let lower = try await createOld("νικος")
        let wide = try await createOld("\u{FF41}da")
        let narrow = try await createOld("ada")
        try await directory.foldNames()
        #expect(try await directory.user("ΝΙΚΟΣ")?.id == upper)
        #expect(try await directory.user("Νικος")?.id == lower)
        #expect(try await directory.user("\u{FF21}da")?.id == wide)
        #expect(try await directory.user("Ada")?.id == narrow)
        // Spelled like neither.
        await #expect(throws: AmbiguousUsername.self) { try await directory.user("ad\u{FF41}") }
        let keys = try #require(GivenName("ad\u{FF41}")?.keys)
        #expect(try await directory.user(keys) == nil)
        #expect(try await create("ad\u{FF41}") == .nameTaken)
        #expect(try await Set(directory.usersOfEqualNames(limit: 9).map(\.id)) == [upper, lower, wide, narrow])
        #expect(try await directory.usersOfEqualNames(limit: 1).count == 1)
    }

    @Test func `a renamed user has the new name and no other`() async throws {
        guard case .created(let user) = try await create("ada"), case .created = try await create("grace") else {
            throw Unexpected()
        }
        let taken = try #require(Username("GRACE"))
        #expect(try await directory.rename(user.id, to: taken) == .nameTaken)
        let own = try #require(Username("ADA"))
        guard case .renamed = try await directory.rename(user.id, to: own) else { throw Unexpected() }
        let lovelace = try #require(Username("Lovelace"))
        guard case .renamed(let renamed) = try await directory.rename(user.id, to: lovelace) else {
            throw Unexpected()
        }
        #expect(renamed.account?.username == "Lovelace")
        #expect(try await directory.user("LOVELACE")?.id == user.id)
        #expect(try await directory.user("ada") == nil)
        guard case .created = try await create("ada") else { throw Unexpected() }
        #expect(try await directory.rename(SubjectID("nobody"), to: lovelace) == .notFound)
        let events = try await service.store.events(EventQuery(subject: user.id), limit: 9)
        #expect(events.map(\.kind) == [.userRenamed, .userRenamed, .userCreated])
        #expect(events.first?.detail == "was ADA")
    }
}
