/// A statement and what it is given. Prepared once for each connection.
struct Statement: Sendable {
    let sql: String
    let values: [[UInt8]?]

    init(_ sql: String, _ values: [PostgresValue] = []) {
        self.sql = sql
        self.values = values.map(\.encoded)
    }
}
