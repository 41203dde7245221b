/// Creates a user. A user with the name of a deleted one is another subject.
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

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        if let exact = account.usernameKey {
            let keys = UsernameKeys(exact: exact, folded: account.foldedUsername ?? exact)
            guard try transaction.subjects(named: keys).isEmpty else { return .nameTaken }
        }
        let id = SubjectID(UUIDv7(at: transaction.now, random: idRandom).description)
        let user = SubjectRecord(id: id, createdAt: transaction.now, account: account)
        transaction.save(user)
        transaction.record(EventRecord(.userCreated, at: transaction.now, subject: id))
        return .created(user)
    }
}
