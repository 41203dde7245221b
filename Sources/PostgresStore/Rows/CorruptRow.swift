/// A database that does not hold what this program wrote.
struct CorruptRow: Error, CustomStringConvertible {
    let table: String
    var description: String { "a row of the table \(table) does not hold what it should" }
}
