/// Deletes rows whose time is over, and the oldest events of an audit trail that is too long: at most `limit` of each
/// table, so that a sweep is short.
package struct Sweep: Command {
    package var limit: Int
    /// How many events the audit trail may have.
    package var maximumEvents: Int

    package init(limit: Int, maximumEvents: Int = EventRecord.maximumCount) {
        self.limit = limit
        self.maximumEvents = maximumEvents
    }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.signingKeys) }

    /// - Returns: whether there may be more to delete.
    package func apply(to transaction: inout Transaction) throws -> Bool {
        let expired = try transaction.expiredSessions(limit: limit)
        for id in expired { try transaction.collect(id) }
        for key in try transaction.signingKeys() where key.expiresAt.map({ $0 <= transaction.now }) ?? false {
            try transaction.removeSigningKey(key.id)
        }
        let hasMoreRows = try transaction.hasExpiredRows(beyond: limit)
        transaction.collectExpiredRows(limit: limit)
        let hasMoreEvents = try transaction.collectEvents(beyond: maximumEvents, limit: limit)
        return expired.count == limit || hasMoreRows || hasMoreEvents
    }
}
