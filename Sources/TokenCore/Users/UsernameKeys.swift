/// A user's name in the two forms in which it is compared.
package struct UsernameKeys: Sendable, Equatable {
    /// The name in lower case. No two users share it.
    package let exact: String
    /// The name folded. Users that existed before names were folded may share it; no new user does.
    package let folded: String

    package init(exact: String, folded: String) {
        self.exact = exact
        self.folded = folded
    }

    /// The keys of a name that no user can have.
    package static let none = UsernameKeys(exact: "", folded: "")

    /// Whether an account has this name in either form.
    package func match(_ account: SubjectRecord.Account) -> Bool {
        account.usernameKey == exact || account.foldedUsername == folded
    }
}

extension SubjectRecord.Account {
    /// Both forms of the name; nil for a user without one.
    package var keys: UsernameKeys? {
        usernameKey.map { UsernameKeys(exact: $0, folded: foldedUsername ?? $0) }
    }
}
