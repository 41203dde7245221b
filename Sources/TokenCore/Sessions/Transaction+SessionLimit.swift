extension Transaction {
    /// The most sessions that one login ends. When a limit is lowered by more, the next logins end the rest.
    private static let surplusLimit = 256

    /// Ends sessions of a subject until there is room for one more: those that are not live any more, then those of the
    /// same client, then the others, each the least recently used first. Reads nothing while the subject's count is
    /// below the limit.
    ///
    /// - Parameters:
    ///   - client: the client of the new session.
    ///   - address: where its login comes from.
    /// - Returns: how many sessions were ended.
    mutating func endSurplusSessions(
        of subject: SubjectRecord, for client: ClientID, address: String?
    ) throws -> Int {
        let policy = rules.rotation.policy
        let limit = policy.maxSessionsPerSubject
        guard limit > 0, subject.openSessions >= limit else { return 0 }
        let open = try sessionUses(of: subject, limit: limit + Transaction.surplusLimit)
        let surplus = min(open.count - limit + 1, Transaction.surplusLimit)
        guard surplus > 0 else { return 0 }

        func isLive(_ use: SessionUse) -> Bool {
            use.isLive(at: now, idleLifetimeSeconds: policy.idleLifetimeSeconds)
        }
        func order(_ use: SessionUse) -> (Int, Timestamp, UInt64, UInt64) {
            let rank = !isLive(use) ? 0 : use.client == client ? 1 : 2
            return (rank, use.lastUsedAt, use.id.uuid.high, use.id.uuid.low)
        }
        let ordered = open.sorted { order($0) < order($1) }
        let ended = ordered.prefix(surplus)
        try prepare(ended.map(\.id), spare: ordered.dropFirst(surplus).prefix(16).map(\.id))
        for use in ended {
            try end(use.id, reason: .sessionLimit)
            guard isLive(use) else { continue }
            record(
                EventRecord(
                    .sessionLimit, at: now, subject: subject.id, session: use.id, client: use.client, address: address))
        }
        return ended.count
    }
}
