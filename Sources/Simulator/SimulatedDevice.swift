import TokenCore

/// A client that follows the client rules of `docs/rotation.md`: it presents the token that it has stored, and an
/// answer replaces only the token that was presented for it.
struct SimulatedDevice: Sendable {
    struct Answer: Sendable {
        /// The token that was presented.
        let presented: TokenName
        let reply: Reply
    }

    /// Two for each person.
    static let count = 2 * Person.allCases.count

    static func name(_ index: Int) -> String {
        "\(Person.of(index / 2))'s \(index % 2 == 0 ? "phone" : "browser")"
    }

    let index: Int
    private(set) var stored: TokenName?
    /// Answers that have not arrived yet.
    var lateAnswers: [Answer] = []
    /// When the absolute lifetime of the session ends.
    private(set) var expiresAt = Timestamp(milliseconds: 0)
    /// Whether its session is bound to its key. One that a provider's sign-in opened is not.
    private(set) var isBound = false
    /// When the stored token was first asked for.
    private var idleSince = Timestamp(milliseconds: 0)
    /// Presentations of the stored token.
    private var attempts = 0
    private var firstAttempt: Timestamp?

    init(index: Int) { self.index = index }

    var person: Person { Person.of(index / 2) }

    /// The number of the key that it holds: browsers have one.
    var key: Int? { index % 2 == 0 ? nil : index }

    mutating func signIn(with token: TokenName, expiresAt: Timestamp, isBound: Bool, at now: Timestamp) {
        self = SimulatedDevice(index: index)
        stored = token
        self.isBound = isBound
        self.expiresAt = expiresAt
        idleSince = now
    }

    mutating func recordAttempt(at now: Timestamp) {
        attempts += 1
        // After the clock went back, the server may count from the earlier time.
        firstAttempt = min(firstAttempt ?? now, now)
    }

    mutating func receive(_ answer: Answer) {
        guard stored == answer.presented else { return }
        switch answer.reply {
        case .token(let successor):
            stored = successor
            idleSince = firstAttempt ?? idleSince
            attempts = 0
            firstAttempt = nil
        // Nothing was consumed: the next attempt has a new proof.
        case .refused(.proof): break
        case .refused: self = SimulatedDevice(index: index)
        default: break
        }
    }

    /// Whether its attempts follow the client rules. If they do, a refusal must have another cause.
    func followsClientRules(at now: Timestamp) -> Bool {
        let policy = person.policy
        // An attempt whose answer is missing may have rotated. After the clock went back that was before `idleSince`.
        let idleFrom = min(idleSince, firstAttempt ?? idleSince)
        guard now < expiresAt, now < idleFrom + policy.idleLifetimeSeconds else { return false }
        guard let firstAttempt else { return true }
        let isInWindow = isBound || now <= firstAttempt + policy.retryWindowSeconds
        return isInWindow && attempts <= policy.maxRetries + 1
    }
}
