/// Deletes rows whose time is over, at most `limit` of each table, so that a sweep is short.
package struct Sweep: Command {
    package var limit: Int

    package init(limit: Int) { self.limit = limit }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.signingKeys) }

    /// - Returns: whether there may be more sessions to delete.
    package func apply(to transaction: inout Transaction) throws -> Bool {
        let expired = try transaction.expiredSessions(limit: limit)
        for id in expired { try transaction.collect(id) }
        for key in try transaction.signingKeys() where key.expiresAt.map({ $0 <= transaction.now }) ?? false {
            try transaction.removeSigningKey(key.id)
        }
        transaction.collectExpiredRows(limit: limit)
        return expired.count == limit
    }
}
