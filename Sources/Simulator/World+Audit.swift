import SessionEngine
import TokenCore
import TokenTesting

extension World {
    /// Compares the store and the feed with the reference model. After a crash, the store must hold what was answered
    /// and nothing that was not committed.
    func audit() async throws {
        let feed = try await server.store.revocations(after: 0, limit: 100_000).entries
        for (id, expected) in reference.sessions.sorted(by: { $0.key < $1.key }) {
            guard let session = names.sessions[id] else {
                // Its login had no answer, and it ended before it was named.
                if expected.isOpen { throw Violation("S\(id) is not in the store") }
                continue
            }
            switch try await server.service.status(of: session) {
            case .live(let stored):
                guard reference.isLive(expected, at: now) else {
                    throw Violation("S\(id) is not live, but the service reports it as live")
                }
                try compare(stored, with: expected, id)
            case .refused(_, let stored):
                guard !reference.isLive(expected, at: now) else {
                    throw Violation("S\(id) is live, but the service refuses it")
                }
                guard let stored else { throw Violation("S\(id) is not in the store") }
                try compare(stored, with: expected, id)
            }
            try checkFeed(feed, of: session, expected, id)
        }
        let open = try await server.store.openSessions(of: nil, limit: 1000).count
        let expected = reference.sessions.values.count(where: \.isOpen)
        if open != expected { throw Violation("the store has \(open) open sessions instead of \(expected)") }
        for person in Person.allCases { try await compare(person) }
    }

    /// Checks what is checked once, after the last step.
    func finalAudit() async throws {
        for token in names.inOrder where reference.sessions[token.session]?.isOpen != true {
            try await exchange(
                [PendingRequest(.refresh(token, byOtherClient: false, proof(of: token.session)))], .single)
        }
        try await audit()
        var counts: [EventRecord.Kind: Int] = [:]
        for event in try await server.store.events(of: nil, limit: 100_000) { counts[event.kind, default: 0] += 1 }
        for kind in EventRecord.Kind.all {
            let (count, expected) = (counts[kind] ?? 0, reference.events[kind] ?? 0)
            if count != expected {
                throw Violation("the audit trail has \(count) \(kind.rawValue) events instead of \(expected)")
            }
        }
        let rows = try disk.maximumTokenRows()
        if rows > 2 { throw Violation("a session has \(rows) token rows") }
    }

    private func compare(_ stored: TokenCore.Session, with expected: Reference.Session, _ id: Int) throws {
        func check(_ condition: Bool, _ what: String) throws {
            if !condition { throw Violation("S\(id) has the wrong \(what) in the store") }
        }
        try check(stored.isOpen == expected.isOpen, "state")
        try check(stored.record.keyThumbprint == expected.key.flatMap { server.thumbprints[$0] }, "key")
        try check(stored.record.expiresAt == expected.expiresAt, "end of its absolute lifetime")
        try check(stored.token.generation.number == UInt32(expected.newest.depth), "generation")
        try check(stored.token.rotatedAt == expected.rotatedAt, "time of the last rotation")
        try check(stored.token.retries == expected.retries, "number of retries")
        if let hash = names.hashes[expected.newest] { try check(stored.token.hash == hash, "current token") }
    }

    private func compare(_ person: Person) async throws {
        guard let id = names.subjects[person], let account = reference.accounts[person] else { return }
        let stored = try await server.store.subject(id)
        guard account.exists == (stored != nil) else {
            throw Violation("\(person) is \(account.exists ? "not" : "still") in the store")
        }
        guard let stored else { return }
        let open = reference.openSessions(of: person).count
        guard stored.openSessions == open else {
            throw Violation("\(person)'s count of open sessions is \(stored.openSessions) instead of \(open)")
        }
        let version = stored.account?.passwordVersion ?? 0
        guard version == account.passwordVersion else {
            throw Violation("\(person)'s password version is \(version) instead of \(account.passwordVersion)")
        }
        guard (stored.state == .disabled) == account.isDisabled else {
            throw Violation("\(person) should \(account.isDisabled ? "" : "not ")be disabled")
        }
    }

    /// Checks that the feed names a session that has ended while one of its access tokens has not expired, and that it
    /// names no open session. Sessions of uncertain time are not checked.
    private func checkFeed(
        _ feed: [RevocationRecord], of session: SessionID, _ expected: Reference.Session, _ id: Int
    ) throws {
        guard !answerChecker.sessionsOfUncertainTime.contains(id) else { return }
        let isNamed = feed.contains { entry in
            guard entry.until > now else { return false }
            return switch entry.target {
            case .session(let target): target == session
            case .subject(let subject, let before):
                subject == names.subjects[expected.person] && session.uuid.time < before
            case .claims: false
            }
        }
        if expected.isOpen, isNamed { throw Violation("S\(id) is open, but the feed names it") }
        let hasAccessToken = now < expected.accessTokenIssuedAt + World.accessTokenLifetimeSeconds
        if !expected.isOpen, hasAccessToken, !isNamed {
            throw Violation("S\(id) has ended, an access token of it has not expired, and the feed does not name it")
        }
    }
}
