/// Creates a user. One that follows a deleted user under the same name is another subject.
package struct CreateUser: Command {
    package var account: SubjectRecord.Account
    package var idRandom: RandomBytes<16>

    package enum Outcome: Sendable, Equatable {
        case created(SubjectRecord)
        case nameTaken
    }

    package init(account: SubjectRecord.Account, entropy: Entropy) {
        self.account = account
        idRandom = entropy.bytes()
    }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.usernames) }

    package func apply(to ledger: inout Ledger) throws -> Outcome {
        guard try ledger.subject(usernameKey: account.usernameKey) == nil else { return .nameTaken }
        let id = SubjectID(UUIDv7(at: ledger.now, random: idRandom).description)
        let user = SubjectRecord(id: id, createdAt: ledger.now, account: account)
        ledger.save(user)
        ledger.record(EventRecord(.userCreated, at: ledger.now, subject: id))
        return .created(user)
    }
}
