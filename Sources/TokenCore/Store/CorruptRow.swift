/// A row that does not hold what this program writes.
package struct CorruptRow: Error, CustomStringConvertible {
    package let table: String
    /// What is wrong, where it helps an operator.
    package let reason: String?

    package init(table: String, reason: String? = nil) {
        self.table = table
        self.reason = reason
    }

    package var description: String {
        "a row of the table \(table) does not hold what it should" + (reason.map { ": \($0)" } ?? "")
    }
}
