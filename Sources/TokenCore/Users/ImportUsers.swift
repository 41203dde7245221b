/// Creates users who come from another system: all of them, or none.
package struct ImportUsers: Command {
    package var users: [User]

    package struct User: Sendable {
        package var account: SubjectRecord.Account
        package var state: SubjectRecord.State
        package var claims: Claims?
        /// At most ``IdentityRecord/maximumPerSubject``.
        package var identities: [Identity]
        package var idRandom: RandomBytes<16>

        package init(
            account: SubjectRecord.Account, state: SubjectRecord.State = .active, claims: Claims? = nil,
            identities: [Identity] = [], entropy: Entropy
        ) {
            self.account = account
            self.state = state
            self.claims = claims
            self.identities = identities
            idRandom = entropy.bytes()
        }
    }

    package enum Outcome: Sendable, Equatable {
        case imported
        /// The indexes of users whose names others have, or users before them.
        case namesTaken([Int])
        /// The indexes of users whose identities others have, or users before them.
        case identitiesTaken([Int])
    }

    package init(_ users: [User]) { self.users = users }

    package func prefetch(into keys: inout RowKeys) {
        keys.registers.insert(.usernames)
        keys.identities = Set(users.flatMap(\.identities).map(\.id))
        keys.isBulk = true
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let names = users.map { $0.account.keys ?? .none }
        var exact = Set(names.map(\.exact))
        var folded = Set(names.map(\.folded))
        let holders = try transaction.subjects(namedAnyOf: names)
        if !holders.isEmpty || exact.count < names.count || folded.count < names.count {
            exact = Set(holders.compactMap { $0.account?.usernameKey })
            folded = Set(holders.compactMap { $0.account?.foldedUsername })
            return .namesTaken(
                names.indices.filter {
                    // Each name is inserted even if the other one is taken.
                    let isNew = exact.insert(names[$0].exact).inserted
                    return !folded.insert(names[$0].folded).inserted || !isNew
                })
        }
        var identities: Set<IdentityID> = []
        let taken = try users.indices.filter { index in
            try users[index].identities.contains { identity in
                let isNew = identities.insert(identity.id).inserted
                return try !isNew || transaction.identity(identity.id) != nil
            }
        }
        guard taken.isEmpty else { return .identitiesTaken(taken) }
        for user in users {
            let id = SubjectID(UUIDv7(at: transaction.now, random: user.idRandom).description)
            transaction.save(
                SubjectRecord(
                    id: id, state: user.state, createdAt: transaction.now, account: user.account, claims: user.claims))
            for identity in user.identities {
                transaction.link(IdentityRecord(identity: identity, subject: id, createdAt: transaction.now))
            }
        }
        transaction.record(
            EventRecord(.usersImported, at: transaction.now, detail: "\(users.count) users"))
        return .imported
    }
}
