/// A statement and its parameters. A connection prepares it once.
package struct Statement: Sendable {
    let sql: String
    let values: [[UInt8]?]

    /// - Parameters:
    ///   - sql: the statement, with its parameters as `$1::type`, `$2::type`, …
    ///   - values: the parameters.
    package init(_ sql: String, _ values: [PostgresValue] = []) {
        self.sql = sql
        self.values = values.map(\.encoded)
    }
}
