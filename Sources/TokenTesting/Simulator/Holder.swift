import TokenCore

/// A client that obeys the contract: it presents what it has stored, and an answer replaces the token that it was asked
/// with, and no other.
struct Holder: Sendable {
    struct Answer: Sendable {
        let asked: TokenName
        let reply: Reply
    }

    static let count = 6

    /// Two devices a person.
    static func name(_ index: Int) -> String {
        "\(Person.of(index / 2))'s \(index % 2 == 0 ? "phone" : "browser")"
    }

    let index: Int
    private(set) var stored: TokenName?
    /// Answers that are on the way.
    var mailbox: [Answer] = []
    /// The end of the session, as it was told at login.
    private(set) var expiresAt = Timestamp(milliseconds: 0)
    /// When the token that it has stored was first asked for.
    private var idleSince = Timestamp(milliseconds: 0)
    private var attempts = 0
    private var firstAttempt: Timestamp?

    init(index: Int) { self.index = index }

    var person: Person { Person.of(index / 2) }

    mutating func signIn(with token: TokenName, expiresAt: Timestamp, at now: Timestamp) {
        self = Holder(index: index)
        stored = token
        self.expiresAt = expiresAt
        idleSince = now
    }

    mutating func presents(at now: Timestamp) {
        attempts += 1
        // On a clock that went back the first attempt lies where the server may see it.
        firstAttempt = min(firstAttempt ?? now, now)
    }

    mutating func receive(_ answer: Answer) {
        guard stored == answer.asked else { return }
        switch answer.reply {
        case .token(let successor):
            stored = successor
            idleSince = firstAttempt ?? idleSince
            attempts = 0
            firstAttempt = nil
        case .refused: self = Holder(index: index)
        default: break
        }
    }

    /// Whether it is within what the contract asks of it, so that a refusal must have another's cause.
    func obeys(_ policy: RotationPolicy, at now: Timestamp) -> Bool {
        guard now < expiresAt, now < idleSince + policy.idleLifetimeSeconds else { return false }
        guard let firstAttempt else { return true }
        return now <= firstAttempt + policy.retryWindowSeconds && attempts <= policy.maxRetries + 1
    }
}

extension Person {
    static func of(_ index: Int) -> Person { Person(rawValue: index % Person.allCases.count) ?? .ada }
}
