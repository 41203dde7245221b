/// Ends the sessions that a logout at a provider concerns and that were opened before the logout: at most ``limit`` in
/// one transaction. The last of several transactions uses the provider's token, so that the provider's next try goes on
/// after a crash.
package struct EndUpstreamSessions: Command {
    /// The most sessions that one transaction ends.
    package static let limit = 256

    package var sessions: UpstreamSessions
    /// Sessions that were opened at this time or later stay.
    package var openedBefore: Timestamp
    /// The provider's token.
    package var token: UsedOnce
    /// The provider's id, for the audit trail.
    package var provider: String

    package enum Outcome: Sendable, Equatable {
        /// How many sessions were ended.
        case ended(Int)
        /// So many were ended, and there are more. The caller submits the command again.
        case endedSome(Int)
        /// The token was used before.
        case used
    }

    package init(_ sessions: UpstreamSessions, openedBefore: Timestamp, token: UsedOnce, provider: String) {
        self.sessions = sessions
        self.openedBefore = openedBefore
        self.token = token
        self.provider = provider
    }

    package func prefetch(into keys: inout RowKeys) {
        // Locks the subject: a sign-in by this identity comes before or after.
        if let identity = sessions.identity { keys.identities.insert(identity) }
        keys.uses.insert(token)
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let limit = EndUpstreamSessions.limit
        let found = try transaction.openSessions(sessions, openedBefore: openedBefore, limit: limit + 1)
        let isLast = found.count <= limit
        if isLast, try !transaction.useOnce(token) { return .used }
        let ended = found.prefix(limit)
        try transaction.prepare(Array(ended), spare: [])
        var count = 0
        for id in ended {
            guard let session = try transaction.session(id), session.record.epoch == session.subject.epoch else {
                // A command before this one has ended all sessions of the subject.
                continue
            }
            count += 1
            try transaction.end(id, reason: .upstreamLogout)
            transaction.record(
                EventRecord(
                    .upstreamLogout, at: transaction.now, subject: session.subject.id, session: id,
                    client: session.record.client, detail: provider))
        }
        return isLast ? .ended(count) : .endedSome(count)
    }
}
