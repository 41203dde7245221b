extension Transaction {
    /// Gives a user a new password, and makes the user's one-time link void.
    ///
    /// - Returns: false when the subject is no user.
    mutating func setPassword(_ password: PasswordHash, of user: SubjectRecord) -> Bool {
        guard var account = user.account else { return false }
        account.password = password
        account.passwordVersion += 1
        var changed = user
        changed.account = account
        save(changed)
        voidOneTimeLink(of: user.id)
        return true
    }
}
