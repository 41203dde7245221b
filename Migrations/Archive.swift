/// A database's rows on their way to another one, which may speak another dialect: columns by name, no types but these.
package struct ArchiveRow: Sendable, Equatable {
    package enum Value: Sendable, Equatable {
        case null
        case integer(Int)
        case text(String)
        case bytes([UInt8])
    }

    package var table: String
    package var values: [String: Value]

    package init(table: String, values: [String: Value]) {
        self.table = table
        self.values = values
    }

    /// The tables that go along, in their order: the signing keys first, since nothing else is of use without them.
    package static let tables = [
        "signing_keys", "clients", "client_assertions", "subjects", "sessions", "refresh_tokens", "revocations",
        "events",
    ]

    /// Stands for the feed's counter: the dialects keep it in different places.
    package static func feed(newest: Int) -> ArchiveRow {
        ArchiveRow(table: "feed", values: ["newest": .integer(newest)])
    }

    /// The counter, if this row is it.
    package var newestRevocation: Int? {
        guard table == "feed", case .integer(let newest) = values["newest"] else { return nil }
        return newest
    }

    /// What a database numbers by itself.
    package static let ownColumns = ["events": "event_id"]
}

/// A store whose rows can be taken out and put in.
package protocol Archivable {
    /// Hands over every row, as they stand at one moment, without holding all of them.
    func export(_ receive: (ArchiveRow) throws -> Void) throws
    /// Takes rows until there are none: all of them or, when anything fails, none.
    ///
    /// - Throws: ``ArchiveFailure/notEmpty`` when there are rows already.
    func load(_ next: () throws -> ArchiveRow?) throws
}

package enum ArchiveFailure: Error, CustomStringConvertible {
    case notEmpty
    case unknownColumn(String)

    package var description: String {
        switch self {
        case .notEmpty: "the database is in use already; rows are imported into an empty one only"
        case .unknownColumn(let name): "the archive holds \(name), which this version does not know"
        }
    }
}
