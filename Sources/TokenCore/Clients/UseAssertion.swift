/// Uses up a client's assertion: each authenticates once (RFC 7523 §3, `jti`).
package struct UseAssertion: Command {
    package var id: AssertionID
    /// When it is not accepted any more, and need not be remembered.
    package var forgottenAt: Timestamp

    package enum Outcome: Sendable, Equatable { case fresh, replayed }

    package init(_ id: AssertionID, forgottenAt: Timestamp) {
        self.id = id
        self.forgottenAt = forgottenAt
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard try !transaction.isUsed(id) else { return .replayed }
        transaction.use(id, until: forgottenAt)
        return .fresh
    }
}
