/// Gives a user another name, or the first one.
package struct RenameUser: Command {
    package var subject: SubjectID
    package var username: String
    package var keys: UsernameKeys

    package enum Outcome: Sendable, Equatable {
        case renamed(SubjectRecord)
        case nameTaken
        case notFound
    }

    package init(_ subject: SubjectID, to username: String, keys: UsernameKeys) {
        self.subject = subject
        self.username = username
        self.keys = keys
    }

    package func prefetch(into keys: inout RowKeys) {
        keys.registers.insert(.usernames)
        keys.subjects.insert(subject)
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard var user = try transaction.subject(subject), let account = user.account else { return .notFound }
        let holders = try transaction.subjects(named: keys) + transaction.storedSubjects(named: keys)
        guard holders.allSatisfy({ $0.id == subject }) else { return .nameTaken }
        user.account?.username = username
        user.account?.usernameKey = keys.exact
        user.account?.foldedUsername = keys.folded
        transaction.save(user)
        transaction.record(
            EventRecord(
                .userRenamed, at: transaction.now, subject: subject,
                detail: account.username.map { "was \($0)" }))
        return .renamed(user)
    }
}
