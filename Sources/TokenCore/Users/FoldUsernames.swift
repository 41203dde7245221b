/// Stores the folded names of users that were created before names were folded.
package struct FoldUsernames: Command {
    package var names: [SubjectID: UsernameKeys]

    package init(_ names: [SubjectID: UsernameKeys]) { self.names = names }

    package func prefetch(into keys: inout RowKeys) {
        keys.registers.insert(.usernames)
        keys.subjects.formUnion(names.keys)
    }

    package func apply(to transaction: inout Transaction) throws {
        for (id, name) in names {
            guard var user = try transaction.subject(id), user.account?.usernameKey == name.exact else { continue }
            user.account?.foldedUsername = name.folded
            transaction.save(user)
        }
    }
}
