/// Uses up a client's assertion: each authenticates once (RFC 7523 §3, `jti`).
package struct UseAssertion: Command {
    package var assertion: UsedOnce

    package enum Outcome: Sendable, Equatable { case fresh, replayed }

    package init(_ assertion: UsedOnce) { self.assertion = assertion }

    package func prefetch(into keys: inout RowKeys) { keys.uses.insert(assertion) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        try transaction.useOnce(assertion) ? .fresh : .replayed
    }
}
