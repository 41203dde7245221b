import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let userImportPromises = [
        Promise("imports users with all that they have") { try await $0.importsUsers() },
        Promise("imports no user when a name is taken") { try await $0.importsNoUserWhenANameIsTaken() },
    ]

    private func user(
        _ exact: String, folded: String? = nil, _ service: TestService, state: SubjectRecord.State = .active,
        claims: Claims? = nil, password: PasswordHash? = nil
    ) -> ImportUsers.User {
        ImportUsers.User(
            account: SubjectRecord.Account(
                username: exact, usernameKey: exact, foldedUsername: folded ?? exact, password: password),
            state: state, claims: claims, entropy: service.entropy)
    }

    private func importsUsers() async throws {
        let service = TestService(store: try makeStore())
        let claims = try #require(Claims(stored: #"{"tenant":"a"}"#))
        let hash = PasswordHash(phc: "$2b$x")
        let users = [
            user("ada", service, claims: claims, password: hash), user("eve", service, state: .disabled),
            user("νικος", folded: "νικοσ", service),
        ]
        #expect(try await service.submit(ImportUsers(users)) == .imported)
        let stored = try await service.store.users(after: "", limit: 9)
        #expect(stored.map(\.account) == users.map(\.account))
        #expect(stored.map(\.state) == [.active, .disabled, .active])
        #expect(stored.map(\.claims) == [claims, nil, nil])
        #expect(stored.allSatisfy { $0.createdAt == service.clock.now && $0.expiresAt == nil })
        let events = try await service.store.events(EventQuery(), limit: 9)
        #expect(events.map(\.kind) == [.usersImported] && events[0].detail == "3 users")
        #expect(try await service.login(stored[0]).session.subject.id == stored[0].id)
    }

    private func importsNoUserWhenANameIsTaken() async throws {
        let service = TestService(store: try makeStore())
        _ = try await service.submit(ImportUsers([user("νικος", folded: "νικοσ", service), user("ada", service)]))
        let cases: [([ImportUsers.User], [Int])] = [
            ([user("eve", service), user("ada", service)], [1]),
            ([user("νικοσ", service), user("eve", service)], [0]),
            (
                [user("eve", service), user("bob", service), user("eve", service), user("x", folded: "bob", service)],
                [2, 3]
            ),
            ([user("ada", service), user("eve", service), user("ada", service)], [0, 2]),
        ]
        for (users, taken) in cases {
            #expect(try await service.submit(ImportUsers(users)) == .namesTaken(taken))
        }
        // A name that a command before has taken, and one that it has released.
        let ada = try #require(await service.store.users(after: "", limit: 1).first)
        let outcomes = try service.transaction { transaction in
            _ = try SetUserState(of: ada.id, to: .deleted).apply(to: &transaction)
            let account = SubjectRecord.Account(
                username: "eve", usernameKey: "eve", foldedUsername: "eve", password: nil)
            _ = try CreateUser(account: account, entropy: service.entropy).apply(to: &transaction)
            return try [
                ImportUsers([user("eve", service)]).apply(to: &transaction),
                ImportUsers([user("ada", service)]).apply(to: &transaction),
            ]
        }
        #expect(outcomes == [.namesTaken([0]), .imported])
        #expect(
            try await service.store.users(after: "", limit: 9).map(\.account?.usernameKey) == ["ada", "eve", "νικος"])
    }
}
