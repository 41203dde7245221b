import Libpq
package import Migrations
import StoreRows
import TokenCore

extension PostgresStore: Archivable {
    private static let chunk = 1000
    private static let archiveTimeout = Duration.seconds(600)

    package func export(_ receive: (ArchiveRow) throws -> Void) throws {
        try inTransaction("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY") { run in
            for table in ArchiveRow.tables {
                let columns = try columns(of: table, run)
                let names = columns.map(\.name).joined(separator: ", ")
                _ = try run(Statement("DECLARE \(table)_rows CURSOR FOR SELECT \(names) FROM \(table) ORDER BY 1"))
                while true {
                    let rows = try run(Statement("FETCH \(PostgresStore.chunk) FROM \(table)_rows"))
                    let archived = rows.map { row in
                        var archived = ArchiveRow(table: table, values: [:])
                        for (index, column) in columns.enumerated() {
                            archived.values[column.name] = column.type.value(in: row, at: index)
                        }
                        return archived
                    }
                    for row in archived { try receive(row) }
                    if archived.count < PostgresStore.chunk { break }
                }
                _ = try run(Statement("CLOSE \(table)_rows"))
            }
            let newest = try run(Statement("SELECT newest FROM feed")).map { $0.integer(0) }.first ?? 0
            try receive(.feed(newest: newest))
        }
    }

    package func load(_ next: () throws -> ArchiveRow?) throws {
        try inTransaction(Queries.begin) { run in
            // No other transaction can write to the tables until the commit.
            _ = try run(Statement("LOCK TABLE \(ArchiveRow.tables.joined(separator: ", ")) IN EXCLUSIVE MODE"))
            _ = try run(Statement(Queries.deleteBuiltInClient))
            for table in ArchiveRow.tables
            where try run(Statement("SELECT EXISTS (SELECT 1 FROM \(table))")).map({ $0.boolean(0) }) != [false] {
                throw ArchiveFailure.notEmpty
            }
            var waiting: [ArchiveRow] = []
            func flush() throws {
                guard let first = waiting.first else { return }
                try insert(waiting, into: first.table, run)
                waiting.removeAll(keepingCapacity: true)
            }
            while let row = try next()?.upgraded {
                if let newest = row.newestRevocation {
                    _ = try run(Statement("UPDATE feed SET newest = $1::bigint", [.integer(newest)]))
                    continue
                }
                if waiting.count == PostgresStore.chunk || waiting.first.map({ $0.table != row.table }) ?? false {
                    try flush()
                }
                waiting.append(row)
            }
            try flush()
            _ = try run(Statement(Queries.insertBuiltInClient))
            _ = try run(Statement(Queries.continueEvents))
        }
    }

    private typealias Run = (Statement) throws -> PostgresResult

    private func insert(_ rows: [ArchiveRow], into table: String, _ run: Run) throws {
        let columns = try columns(of: table, run)
        for row in rows {
            if let unknown = row.values.keys.first(where: { name in !columns.contains { $0.name == name } }) {
                throw ArchiveFailure.unknownColumn("\(table).\(unknown)")
            }
        }
        // A column that an older version has not written keeps its default.
        let given = columns.filter { column in rows.contains { $0.values[column.name] != nil } }
        let names = given.map(\.name).joined(separator: ", ")
        let arrays = given.enumerated().map { "$\($0 + 1)::\($1.type.rawValue)[]" }.joined(separator: ", ")
        _ = try run(
            Statement(
                "INSERT INTO \(table) (\(names)) OVERRIDING SYSTEM VALUE SELECT * FROM unnest(\(arrays))",
                given.map { column in try column.type.array(rows.map { $0.values[column.name] ?? .null }) }))
    }

    private func columns(of table: String, _ run: Run) throws -> [(name: String, type: ColumnType)] {
        let catalogue = """
            SELECT attname::text, atttypid::regtype::text FROM pg_attribute
            WHERE attrelid = $1::text::regclass AND attnum > 0 AND NOT attisdropped ORDER BY attnum
            """
        return try run(Statement(catalogue, [.text(table)])).map { row in
            guard let type = ColumnType(rawValue: row.text(1)) else { throw CorruptRow(table: table) }
            return (row.text(0), type)
        }
    }

    private func inTransaction(_ begin: String, _ body: (Run) throws -> Void) throws {
        let connection = try source.connect()
        func run(_ statement: Statement) throws -> PostgresResult {
            try connection.run([statement], until: .now + PostgresStore.archiveTimeout)[0]
        }
        try connection.liftTimeouts(until: .now + .seconds(2))
        _ = try run(Statement(begin))
        // When this throws, the connection closes and the server rolls back.
        try body(run)
        guard try run(Statement(Queries.commit)).tag == "COMMIT" else {
            throw PostgresFailure.outcomeUnknown("the server rolled back")
        }
    }
}

/// The types of the columns, by PostgreSQL's names.
private enum ColumnType: String {
    case integer = "bigint"
    case text
    case bytes = "bytea"
    case uuid

    func value(in row: PostgresColumns, at index: Int) -> ArchiveRow.Value {
        if row.isNull(index) { return .null }
        return switch self {
        case .integer: .integer(row.integer(index))
        case .text: .text(row.text(index))
        case .bytes, .uuid: .bytes(row.bytes(index))
        }
    }

    func array(_ values: [ArchiveRow.Value]) throws -> PostgresValue {
        switch self {
        case .integer:
            .integers(values.map { if case .integer(let number) = $0 { number } else { nil } })
        case .text: .texts(values.map { if case .text(let text) = $0 { text } else { nil } })
        case .bytes: .blobs(values.map { if case .bytes(let bytes) = $0 { bytes } else { nil } })
        case .uuid:
            .ids(
                try values.map { value in
                    guard case .bytes(let bytes) = value else { return nil }
                    guard let uuid = UUIDv7(bytes: bytes) else { throw CorruptRow(table: "sessions") }
                    return SessionID(uuid)
                })
        }
    }
}
