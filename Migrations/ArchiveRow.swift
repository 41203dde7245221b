/// A row of a database that is exported, or imported into a database of any dialect: values by the names of columns.
package struct ArchiveRow: Sendable, Equatable {
    /// A value of any dialect.
    package enum Value: Sendable, Equatable {
        case null
        case integer(Int)
        case text(String)
        case bytes([UInt8])
    }

    /// The name of the table.
    package var table: String
    /// The values by the names of their columns.
    package var values: [String: Value]

    /// - Parameters:
    ///   - table: the name of the table.
    ///   - values: the values by the names of their columns.
    package init(table: String, values: [String: Value]) {
        self.table = table
        self.values = values
    }

    /// The tables of an archive, in their order. Nothing else is of use without the signing keys, which come first.
    package static let tables = [
        "signing_keys", "clients", "used_once", "subjects", "one_time_links", "identities", "sessions",
        "upstream_sessions", "refresh_tokens", "revocations", "events", "webhook_cursors",
    ]

    /// The counter of the revocation feed as a row. The dialects store it in different places.
    package static func feed(newest: Int) -> ArchiveRow {
        ArchiveRow(table: "feed", values: ["newest": .integer(newest)])
    }

    /// The counter of the revocation feed, if this row holds it.
    package var newestRevocation: Int? {
        guard table == "feed", case .integer(let newest) = values["newest"] else { return nil }
        return newest
    }
}
