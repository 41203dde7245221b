/// Makes a one-time link for a user. An earlier link of the user is void from then on.
package struct MakeOneTimeLink: Command {
    package var subject: SubjectID
    package var purpose: OneTimeLink.Purpose
    package var hash: TokenHash
    package var lifetimeSeconds: Int
    package var address: String?

    package enum Outcome: Sendable, Equatable {
        case made(OneTimeLink)
        /// An invitation is for users without a password.
        case hasPassword
        /// The user is disabled.
        case disabled
        /// The user has no name, so that a password is of no use.
        case noName
        case notFound
    }

    package init(
        for subject: SubjectID, purpose: OneTimeLink.Purpose, hash: TokenHash, lifetimeSeconds: Int,
        address: String? = nil
    ) {
        self.subject = subject
        self.purpose = purpose
        self.hash = hash
        self.lifetimeSeconds = lifetimeSeconds
        self.address = address
    }

    package func prefetch(into keys: inout RowKeys) { keys.subjects.insert(subject) }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard let user = try transaction.subject(subject), let account = user.account else { return .notFound }
        guard user.state == .active else { return .disabled }
        guard account.username != nil else { return .noName }
        if purpose == .invitation, account.password != nil { return .hasPassword }
        let link = OneTimeLink(
            subject: subject, purpose: purpose, hash: hash, expiresAt: transaction.now + lifetimeSeconds)
        transaction.save(link)
        transaction.record(
            EventRecord(
                .linkCreated, at: transaction.now, subject: subject, address: address, detail: purpose.rawValue))
        return .made(link)
    }
}
