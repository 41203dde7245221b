/// Deletes rows whose time is over, at most `limit` of each table, so that no sweep holds the lane for long.
package struct Sweep: Command {
    package var limit: Int

    package init(limit: Int) { self.limit = limit }

    package func prefetch(into keys: inout RowKeys) { keys.registers.insert(.signingKeys) }

    /// - Returns: whether there may be more sessions to collect.
    package func apply(to ledger: inout Ledger) throws -> Bool {
        let expired = try ledger.expiredSessions(limit: limit)
        for id in expired { try ledger.collect(id) }
        for key in try ledger.signingKeys() where key.expiresAt.map({ $0 <= ledger.now }) ?? false {
            try ledger.removeSigningKey(key.id)
        }
        ledger.collectRest(limit: limit)
        return expired.count == limit
    }
}
