/// Stores the same password hashed with the configured parameters. Does nothing when the password was changed in the
/// meantime.
package struct RehashPassword: Command {
    package var subject: SubjectID
    package var passwordVersion: Int
    package var password: PasswordHash

    package init(of subject: SubjectID, passwordVersion: Int, to password: PasswordHash) {
        self.subject = subject
        self.passwordVersion = passwordVersion
        self.password = password
    }

    package func prefetch(into keys: inout RowKeys) { keys.subjects.insert(subject) }

    package func apply(to transaction: inout Transaction) throws {
        guard var user = try transaction.subject(subject), user.account?.passwordVersion == passwordVersion,
            user.account?.password != nil
        else { return }
        user.account?.password = password
        transaction.save(user)
    }
}
