package import TokenCore

extension WebhookCursor {
    /// The columns that ``init(_:)`` reads.
    package static let columns = "name, event_id, failing_since, holder, held_until"

    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns) throws {
        let table = "webhook_cursors"
        guard let name = WebhookName(columns.text(0)) else { throw CorruptRow(table: table) }
        self.init(
            name: name, position: try columns.number(1, of: table),
            failingSince: try columns.optionalTime(2, of: table), holder: columns.optionalText(3),
            heldUntil: try columns.time(4, of: table))
    }
}
