/// Sets the password that a one-time link is for, and uses the link up. A reset ends every session of the user.
package struct UseOneTimeLink: Command {
    package var subject: SubjectID
    package var hash: TokenHash
    package var password: PasswordHash
    package var address: String?

    package enum Outcome: Sendable, Equatable {
        case used
        /// The link was used, has expired, or became void since it was looked up.
        case void
    }

    package init(of subject: SubjectID, hash: TokenHash, password: PasswordHash, address: String? = nil) {
        self.subject = subject
        self.hash = hash
        self.password = password
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) { keys.subjects.insert(subject) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard let user = try transaction.subject(subject), user.state == .active,
            let link = try transaction.oneTimeLink(of: subject), link.hash == hash, transaction.now < link.expiresAt,
            transaction.setPassword(password, of: user)
        else { return .void }
        if link.purpose == .reset {
            _ = try transaction.advanceEpoch(of: subject)
            try transaction.publishAllSessions(of: subject)
        }
        transaction.record(
            EventRecord(
                .passwordChanged, at: transaction.now, subject: subject, address: address,
                detail: "by a link (\(link.purpose.rawValue))"))
        return .used
    }
}
