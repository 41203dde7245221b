/// Begins a new count of the attempts at an account, so that its owner need not wait.
package struct UnlockUser: Command {
    package var subject: SubjectID

    package enum Outcome: Sendable, Equatable { case unlocked, notFound }

    package init(_ subject: SubjectID) { self.subject = subject }

    package func prefetch(into keys: inout RowKeys) { keys.subjects.insert(subject) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard var user = try transaction.subject(subject), user.account != nil else { return .notFound }
        user.account?.unlocks += 1
        transaction.save(user)
        transaction.record(EventRecord(.userUnlocked, at: transaction.now, subject: subject))
        return .unlocked
    }
}
