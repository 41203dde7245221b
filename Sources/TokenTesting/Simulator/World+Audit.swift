import TokenCore

extension World {
    /// Holds all that the store has against the reference: after a crash nothing that was answered may be missing and
    /// nothing that was not committed may be there, and nothing that is over may look alive.
    func audit() async throws {
        let feed = try await server.store.revocations(after: 0, limit: 100_000).entries
        for (id, session) in reference.sessions.sorted(by: { $0.key < $1.key }) {
            guard let session = names.sessions[id] else {
                // It was over before anybody heard of it.
                if session.over == nil { throw Violation("F\(id) is not in the store") }
                continue
            }
            switch try await server.service.look(up: session) {
            case .granted(let stored):
                guard reference.isLive(session, at: now) else { throw Violation("F\(id) is over, and yet is shown") }
                try compare(stored, with: session, id)
            case .refused(_, let stored):
                guard !reference.isLive(session, at: now) else { throw Violation("F\(id) lives, and yet is not shown") }
                guard let stored else { throw Violation("F\(id) is not in the store") }
                try compare(stored, with: session, id)
            }
            try checkFeed(feed, of: session, session, id)
        }
        let living = try await server.store.sessions(of: nil, limit: 1000).count
        let expected = reference.sessions.values.count { $0.over == nil }
        if living != expected { throw Violation("the store has \(living) open sessions, and should have \(expected)") }
        for person in Person.allCases { try await compare(person) }
    }

    /// What is looked at once, when a run is over.
    func finalAudit() async throws {
        for token in names.inOrder where reference.sessions[token.session].map({ $0.over != nil }) ?? true {
            try await exchange([Errand(.refresh(token, byOtherClient: false))], .single)
        }
        try await audit()
        var counts: [EventRecord.Kind: Int] = [:]
        for event in try await server.store.events(of: nil, limit: 100_000) { counts[event.kind, default: 0] += 1 }
        for kind in EventRecord.Kind.allCases where counts[kind] != reference.events[kind] {
            throw Violation(
                "the audit trail has \(counts[kind] ?? 0) × \(kind.rawValue), and should have "
                    + "\(reference.events[kind] ?? 0)")
        }
        let rows = try disk.largestFamily()
        if rows > 2 { throw Violation("a family has \(rows) token rows") }
    }

    private func compare(_ stored: TokenCore.Session, with session: Reference.Session, _ id: Int) throws {
        func check(_ condition: Bool, _ what: String) throws {
            if !condition { throw Violation("F\(id) in the store: \(what) is not what it should be") }
        }
        try check(stored.isRevoked == (session.over != nil), "whether it is over")
        try check(stored.session.expiresAt == session.expiresAt, "the end of its absolute lifetime")
        try check(stored.token.generation.number == UInt32(session.newest.depth), "the generation")
        try check(stored.token.rotatedAt == session.newestMade, "the time of the last rotation")
        try check(stored.token.retries == session.retries, "the number of retries")
        if let hash = names.hashes[session.newest] { try check(stored.token.hash == hash, "the current token") }
    }

    private func compare(_ person: Person) async throws {
        guard let id = keys.subjects[person], let account = reference.accounts[person] else { return }
        let stored = try await server.store.subject(id)
        guard account.exists == (stored != nil) else { throw Violation("\(person): there, or not there, wrongly") }
        guard let stored else { return }
        let open = reference.ids(of: person).count
        guard stored.openSessions == open else {
            throw Violation("\(person) has \(stored.openSessions) open sessions by count, and \(open) in truth")
        }
        guard (stored.account?.passwordVersion ?? 0) == account.passwordVersion else {
            throw Violation("\(person)'s password was lost, or came back")
        }
        guard (stored.state == .disabled) == account.isDisabled else {
            throw Violation("\(person) is disabled, or is not, wrongly")
        }
    }

    /// A verifier that follows the feed must disbelieve the access tokens of what is over, and of nothing else. On a clock
    /// that went back, times tell it nothing.
    private func checkFeed(
        _ feed: [RevocationRecord], of session: SessionID, _ session: Reference.Session, _ id: Int
    ) throws {
        guard !promises.disturbed.contains(id) else { return }
        let isNamed = feed.contains { entry in
            guard entry.until > now else { return false }
            return switch entry.target {
            case .session(let target): target == session
            case .subject(let subject, let before):
                subject == keys.subjects[session.person] && session.uuid.time < before
            }
        }
        if session.over == nil, isNamed { throw Violation("F\(id) lives, and the feed says that it does not") }
        let mayBeBelieved = now < session.lastAccess + World.accessTokenLifetimeSeconds
        if session.over != nil, mayBeBelieved, !isNamed {
            throw Violation("F\(id) is over, an access token of it is not, and the feed does not speak of it")
        }
    }
}
