/// Creates a user. One that follows a deleted user under the same name is another subject.
package struct CreateUser: Command {
    package var account: Subject.Account
    package var idRandom: RandomBytes<16>

    package enum Outcome: Sendable, Equatable {
        case created(Subject)
        case nameTaken
    }

    package init(account: Subject.Account, entropy: Entropy) {
        self.account = account
        idRandom = entropy.bytes()
    }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.usernames) }

    package func apply(to ledger: inout Ledger) throws -> Outcome {
        guard try ledger.subject(usernameKey: account.usernameKey) == nil else { return .nameTaken }
        let id = SubjectID(UUIDv7(at: ledger.now, random: idRandom).description)
        let user = Subject(id: id, createdAt: ledger.now, account: account)
        ledger.save(user)
        ledger.record(Event(.userCreated, at: ledger.now, subject: id))
        return .created(user)
    }
}
