import TokenCore

/// What ought to be, written down anew and without the service's means: no generations, hashes, nonces or epochs, but
/// for each token what became of it, and for each family whether and why it is over.
struct Reference: Sendable {
    struct Use: Sendable {
        var first: Timestamp
        var times: Int
        var successor: TokenName
    }

    enum Cause: Sendable { case operation, reuse, rollback }

    struct Session: Sendable {
        let person: Person
        let openedAt: Timestamp
        let expiresAt: Timestamp
        var newest: TokenName
        var newestMade: Timestamp
        /// Every token that was ever made.
        var tokens: Set<TokenName>
        /// What became of those that were used.
        var uses: [TokenName: Use] = [:]
        var over: Cause?
        /// When its last access token was made.
        var lastAccess: Timestamp

        /// How often the parent of the newest token was presented again.
        var retries: Int {
            uses.values.first { $0.successor == newest }.map { $0.times - 1 } ?? 0
        }
    }

    struct Account: Sendable {
        var exists = true
        var isDisabled = false
        var isDeleted = false
        var passwordVersion = 0
        /// The deleted, and those of whom a back-end vouches, are forgotten after the last of their sessions.
        var forgottenAt: Timestamp?

        var isThere: Bool { exists && !isDeleted }
    }

    let policy: RotationPolicy
    var sessions: [Int: Session] = [:]
    var accounts: [Person: Account]
    /// How many entries of each kind the audit trail has.
    var events: [EventRecord.Kind: Int] = [:]
    var isSweeping = false

    init(policy: RotationPolicy) {
        self.policy = policy
        accounts = Dictionary(uniqueKeysWithValues: Person.allCases.map { ($0, Account(exists: $0.isUser)) })
        events[.userCreated] = Person.allCases.count(where: \.isUser)
    }

    func isLive(_ session: Session, at now: Timestamp) -> Bool {
        session.over == nil && now < min(session.expiresAt, session.newestMade + policy.idleLifetimeSeconds)
    }

    func ids(of person: Person) -> [Int] {
        sessions.filter { $0.value.person == person && $0.value.over == nil }.map(\.key)
    }

    mutating func count(_ kind: EventRecord.Kind) { events[kind, default: 0] += 1 }

    mutating func finish(_ id: Int, _ cause: Cause) { sessions[id]?.over = cause }
}
