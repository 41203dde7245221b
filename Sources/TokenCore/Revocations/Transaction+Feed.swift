/// The revocation feed.
extension Transaction {
    /// How long the feed names what ends now.
    var feedSeconds: Int { rules.accessTokenLifetimeSeconds + RevocationRecord.transactionMarginSeconds }

    /// The most sessions that the feed names one by one.
    private static let namedSessionsLimit = 1000

    /// Appends an entry to the feed: access tokens of the target are not valid any more.
    package mutating func publish(_ target: RevocationRecord.Target) {
        writeSet.revocations.append(RevocationRecord(target: target, at: now, until: now + feedSeconds))
    }

    /// Appends one entry for every session that a subject's epoch has left behind.
    package mutating func publishAllSessions(of id: SubjectID) throws {
        guard let subject = try subject(id) else { return }
        publish(.subject(id, openedBefore: subject.epoch + .millisecond))
    }

    /// Appends an entry for each session but one: an entry for the subject would name that one too.
    mutating func publishSessions(of subject: SubjectID, except kept: SessionID) throws {
        // A retry makes an access token too, and leaves the time of the rotation as it was. The sessions may be of
        // several clients, each with a window of its own.
        let seconds = rules.accessTokenLifetimeSeconds + RotationPolicy.longestRetryWindowSeconds
        let since = Timestamp(milliseconds: now.milliseconds - Int64(seconds) * 1000)
        let limit = Transaction.namedSessionsLimit
        let stored = try rows.openSessions(of: subject, rotatedSince: since, limit: limit)
        // More entries would make the transaction long. The one for all sessions concerns the kept one too: verifiers
        // refuse its access tokens, also new ones, until the entry has expired.
        if stored.count == limit { return try publishAllSessions(of: subject) }
        // The rows do not hold yet what a command before this one has opened or rotated.
        let fresh = writeSet.tokens.keys.filter { sessions[$0]??.record.subject == subject }
        for id in Set(stored + fresh) where id != kept { publish(.session(id)) }
    }
}
