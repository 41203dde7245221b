import TokenCore

/// The reference model: the state that the service must have. It is written without the service's means (generations,
/// hashes, nonces, epochs): it records how each token was used, and whether and why each session has ended.
struct Reference: Sendable {
    /// How a token was used.
    struct Use: Sendable {
        var first: Timestamp
        var times: Int
        var successor: TokenName
    }

    /// Why a session has ended.
    enum Ending: Sendable { case operation, reuse, rollback }

    struct Session: Sendable {
        let person: Person
        let expiresAt: Timestamp
        /// The number of the key that it is bound to; nil for none.
        let key: Int?
        var newest: TokenName
        var rotatedAt: Timestamp
        /// Every token of the session.
        var tokens: Set<TokenName>
        /// How its tokens were used; unused ones are not in it.
        var uses: [TokenName: Use] = [:]
        var ending: Ending?
        /// When its last access token was issued.
        var accessTokenIssuedAt: Timestamp
        /// When its last event of a kind was recorded, for the kinds that are recorded once a minute.
        var recordedAt: [EventRecord.Kind: Timestamp] = [:]

        var isOpen: Bool { ending == nil }

        /// The number of times that the parent of the newest token was presented again.
        var retries: Int {
            uses.values.first { $0.successor == newest }.map { $0.times - 1 } ?? 0
        }
    }

    struct Account: Sendable {
        /// Whether the store has a row of it.
        var exists = true
        var isDisabled = false
        var isDeleted = false
        var passwordVersion = 0
        /// When the row may be deleted: for deleted users and outside subjects.
        var expiresAt: Timestamp?

        var isRegistered: Bool { exists && !isDeleted }
    }

    var sessions: [Int: Session] = [:]
    var accounts: [Person: Account]
    /// The number of entries of each kind in the audit trail.
    var events: [EventRecord.Kind: Int] = [:]
    /// The proofs that were used and are remembered: when each was made.
    var usedProofs: [Int: Int] = [:]
    /// Whether the current transaction has a sweep.
    var isSweeping = false

    init() {
        accounts = Dictionary(uniqueKeysWithValues: Person.allCases.map { ($0, Account(exists: $0.isUser)) })
        events[.userCreated] = Person.allCases.count(where: \.isUser)
        events[.clientAdded] = 1
    }

    func isLive(_ session: Session, at now: Timestamp) -> Bool {
        session.isOpen && now < min(session.expiresAt, session.rotatedAt + session.person.policy.idleLifetimeSeconds)
    }

    func openSessions(of person: Person) -> [Int] {
        sessions.filter { $0.value.person == person && $0.value.isOpen }.map(\.key)
    }

    mutating func count(_ kind: EventRecord.Kind) { events[kind, default: 0] += 1 }

    /// Counts an event of a session unless the session had one of this kind in the last minute.
    mutating func countOncePerMinute(_ kind: EventRecord.Kind, of id: Int, at now: Timestamp) {
        if let last = sessions[id]?.recordedAt[kind], last <= now, now < last + 60 { return }
        sessions[id]?.recordedAt[kind] = now
        count(kind)
    }

    mutating func setEnding(of id: Int, to ending: Ending) { sessions[id]?.ending = ending }
}
