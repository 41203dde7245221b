import GRDB
package import Migrations
import TokenCore

extension SQLiteStore: Archivable {
    package func export(_ receive: (ArchiveRow) throws -> Void) throws {
        try pool.read { database in
            for table in ArchiveRow.tables {
                let columns = try columns(of: table, in: database)
                // Text as bytes, because it may contain U+0000.
                let values = columns.map { $0.isText ? "CAST(\($0.name) AS BLOB)" : $0.name }
                let query = "SELECT \(values.joined(separator: ", ")) FROM \(table) ORDER BY 1"
                let rows = try Row.fetchCursor(database, sql: query)
                while let row = try rows.next() {
                    var archived = ArchiveRow(table: table, values: [:])
                    for (index, column) in columns.enumerated() {
                        guard let value = ArchiveRow.Value(row[index], isText: column.isText) else {
                            throw CorruptRow(table: table, reason: "\(column.name) is not an integer")
                        }
                        archived.values[column.name] = value
                    }
                    try receive(archived)
                }
            }
            let newest = try database.run(Queries.newestRevocation) { $0.integer(0) }.first ?? 0
            try receive(.feed(newest: newest))
        }
    }

    package func load(_ next: () throws -> ArchiveRow?) throws {
        try pool.writeWithoutTransaction { database in
            try database.inTransaction(.immediate) {
                try database.run(Queries.deleteBuiltInClient)
                for table in ArchiveRow.tables
                where try database.run("SELECT EXISTS (SELECT 1 FROM \(table))", [], { $0.integer(0) }) != [0] {
                    throw ArchiveFailure.notEmpty
                }
                var known: [String: [(name: String, isText: Bool)]] = [:]
                for table in ArchiveRow.tables { known[table] = try columns(of: table, in: database) }
                while let row = try next()?.upgraded {
                    if let newest = row.newestRevocation {
                        try database.run("DELETE FROM sqlite_sequence WHERE name = 'revocations'")
                        try database.run("INSERT INTO sqlite_sequence VALUES ('revocations', ?)", [.integer(newest)])
                        continue
                    }
                    let columns = (known[row.table] ?? []).map(\.name)
                    if let unknown = row.values.keys.first(where: { !columns.contains($0) }) {
                        throw ArchiveFailure.unknownColumn("\(row.table).\(unknown)")
                    }
                    let given = columns.filter { row.values[$0] != nil }
                    let places = Array(repeating: "?", count: given.count).joined(separator: ", ")
                    try database.run(
                        "INSERT INTO \(row.table) (\(given.joined(separator: ", "))) VALUES (\(places))",
                        given.map { SQLiteValue(row.values[$0] ?? .null) })
                }
                try database.run(Queries.insertBuiltInClient)
                return .commit
            }
        }
    }

    private func columns(of table: String, in database: Database) throws -> [(name: String, isText: Bool)] {
        try database.columns(in: table).map { ($0.name, $0.type == "TEXT") }
    }
}

extension ArchiveRow.Value {
    /// Nil for a fractional number and one of more than 64 bits, which no column holds that this program has written.
    fileprivate init?(_ value: DatabaseValue, isText: Bool) {
        switch value.storage {
        case .null: self = .null
        case .int64(let number): self = .integer(Int(number))
        case .double(let number):
            guard let number = Int(exactly: number) else { return nil }
            self = .integer(number)
        case .string(let text): self = .text(text)
        case .blob(let data): self = isText ? .text(String(decoding: data, as: UTF8.self)) : .bytes(Array(data))
        }
    }
}

extension SQLiteValue {
    fileprivate init(_ value: ArchiveRow.Value) {
        self =
            switch value {
            case .null: .null
            case .integer(let number): .integer(number)
            case .text(let text): .text(text)
            case .bytes(let bytes): .blob(bytes)
            }
    }
}
