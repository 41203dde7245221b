import SessionEngine
import Testing
import TokenCore

extension StoreConformance {
    static let linkPromises = [
        Promise("lets a one-time link be used once") { try await $0.usesALinkOnce() },
        Promise("ends every session when a reset is used") { try await $0.endsSessionsWhenAResetIsUsed() },
        Promise("voids a one-time link when its user changes") { try await $0.voidsLinks() },
        Promise("makes no link for those who must not have one") { try await $0.makesNoLink() },
        Promise("deletes one-time links that have expired") { try await $0.deletesExpiredLinks() },
    ]

    private func invite(_ name: String, _ service: TestService) async throws -> SubjectRecord {
        let account = SubjectRecord.Account(username: name, usernameKey: name, foldedUsername: name, password: nil)
        let outcome = try await service.submit(CreateUser(account: account, entropy: service.entropy))
        guard case .created(let user) = outcome else { throw TestService.Refused() }
        return user
    }

    private func makeLink(
        _ user: SubjectRecord, _ service: TestService, _ purpose: OneTimeLink.Purpose = .reset, seconds: Int = 60
    ) async throws -> OneTimeLink {
        let token = OneTimeLinkToken(service.entropy.bytes())
        let command = MakeOneTimeLink(
            for: user.id, purpose: purpose, hash: token.hash, lifetimeSeconds: seconds, address: "192.0.2.1")
        guard case .made(let link) = try await service.submit(command) else { throw TestService.Refused() }
        return link
    }

    private func use(_ link: OneTimeLink) -> UseOneTimeLink {
        UseOneTimeLink(of: link.subject, hash: link.hash, password: PasswordHash(phc: "$new"))
    }

    private func usesALinkOnce() async throws {
        let service = TestService(store: try makeStore())
        let store = service.store
        let user = try await invite("ada", service)
        let other = try await makeLink(try await invite("eve", service), service, .invitation)
        let link = try await makeLink(user, service, .invitation)
        #expect(try await store.oneTimeLink(link.hash) == link)
        #expect(link.expiresAt == service.clock.now + 60)
        #expect(
            try await service.submit(UseOneTimeLink(of: user.id, hash: other.hash, password: PasswordHash(phc: "$")))
                == .void)
        // Twice in one transaction, and in a later one.
        #expect(try service.apply([use(link), use(link)]) == [.used, .void])
        #expect(try await service.submit(use(link)) == .void)
        let account = try #require(await store.subject(user.id)?.account)
        #expect(account.password == PasswordHash(phc: "$new") && account.passwordVersion == 1)
        #expect(try await store.oneTimeLink(link.hash) == nil)
        #expect(try await store.oneTimeLink(other.hash) == other)
        let events = try await store.events(EventQuery(subject: user.id), limit: 9)
        #expect(events.map(\.kind) == [.passwordChanged, .linkCreated, .userCreated])
        #expect(events.map(\.detail) == ["by a link (invitation)", "invitation", nil])
        #expect(events[1].address == "192.0.2.1")
    }

    private func endsSessionsWhenAResetIsUsed() async throws {
        let service = TestService(store: try makeStore())
        let user = try await service.createUser("ada")
        let token = try await service.login(user).token
        let invited = try await invite("eve", service)
        let vouched = try await service.open(invited.id.value).token
        #expect(try await service.submit(use(makeLink(invited, service, .invitation))) == .used)
        #expect(try await service.rotate(vouched) != nil)
        let link = try await makeLink(user, service)
        let rotated = try #require(await service.rotate(token))
        #expect(try await service.submit(use(link)) == .used)
        #expect(try await service.refusal(of: rotated) == .revoked)
        #expect(try await service.store.subject(user.id)?.openSessions == 0)
        let entry = try await service.store.revocations(after: 0, limit: 9).entries.last
        guard case .subject(user.id, _) = entry?.target else {
            Issue.record("\(String(describing: entry))")
            return
        }
    }

    private func voidsLinks() async throws {
        let service = TestService(store: try makeStore())
        func isVoid(after change: (SubjectRecord) async throws -> Void) async throws -> Bool {
            let user = try await service.createUser("user-\(service.clock.now.milliseconds)")
            let link = try await makeLink(user, service)
            try await change(user)
            service.clock.advance(seconds: 1)
            return try await service.submit(use(link)) == .void
        }
        #expect(try await !isVoid { _ in })
        #expect(try await isVoid { _ = try await makeLink($0, service) })
        #expect(
            try await isVoid { user in
                try await service.submit(ChangePassword(by: .administrator(user.id), to: PasswordHash(phc: "$")))
            })
        #expect(
            try await isVoid { user in
                let session = try await service.login(user).session.id
                let change = ChangePassword(by: .owner(session, passwordVersion: 0), to: PasswordHash(phc: "$"))
                guard try await service.submit(change) == .changed else { throw TestService.Refused() }
            })
        #expect(
            try await isVoid { user in
                let keys = UsernameKeys(exact: "new", folded: "new")
                try await service.submit(RenameUser(user.id, to: "new", keys: keys))
            })
        #expect(try await isVoid { try await service.submit(SetUserState(of: $0.id, to: .deleted)) })
        #expect(try await isVoid { _ in service.clock.advance(seconds: 59) })
        // Enabling a user brings no link back.
        #expect(
            try await isVoid { user in
                try await service.submit(SetUserState(of: user.id, to: .disabled))
                try await service.submit(SetUserState(of: user.id, to: .active))
            })
        // What leaves the password as it is leaves the link.
        #expect(
            try await !isVoid { user in
                try await service.submit(RehashPassword(of: user.id, passwordVersion: 0, to: PasswordHash(phc: "$y")))
                try await service.submit(EndAllSessions(by: .administrator(of: user.id)))
                try await service.submit(UnlockUser(user.id))
            })
    }

    private func makesNoLink() async throws {
        let service = TestService(store: try makeStore())
        let hash = OneTimeLinkToken(service.entropy.bytes()).hash
        func make(_ subject: SubjectID, _ purpose: OneTimeLink.Purpose) async throws -> MakeOneTimeLink.Outcome {
            try await service.submit(
                MakeOneTimeLink(for: subject, purpose: purpose, hash: hash, lifetimeSeconds: 60))
        }
        let user = try await service.createUser("ada")
        #expect(try await make(user.id, .invitation) == .hasPassword)
        #expect(try await make(SubjectID("nobody"), .reset) == .notFound)
        let outside = try await service.open("outside").session.subject
        #expect(try await make(outside.id, .reset) == .notFound)
        try await service.submit(SetUserState(of: user.id, to: .disabled))
        #expect(try await make(user.id, .reset) == .disabled)
        try await service.submit(SetUserState(of: user.id, to: .deleted))
        #expect(try await make(user.id, .reset) == .notFound)
        #expect(try await service.store.oneTimeLink(hash) == nil)
    }

    private func deletesExpiredLinks() async throws {
        let service = TestService(store: try makeStore())
        let brief = try await makeLink(try await service.createUser("ada"), service, seconds: 60)
        let long = try await makeLink(try await service.createUser("eve"), service, seconds: 61)
        service.clock.advance(seconds: 59)
        try await service.submit(Sweep(limit: 10))
        #expect(try await service.store.oneTimeLink(brief.hash) == brief)
        service.clock.advance(seconds: 1)
        try await service.submit(Sweep(limit: 10))
        #expect(try await service.store.oneTimeLink(brief.hash) == nil)
        #expect(try await service.store.oneTimeLink(long.hash) == long)
    }
}
