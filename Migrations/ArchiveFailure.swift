/// Why an archive was not imported.
package enum ArchiveFailure: Error, CustomStringConvertible {
    /// The database has rows.
    case notEmpty
    /// The name of the table and the column.
    case unknownColumn(String)

    package var description: String {
        switch self {
        case .notEmpty: "the database is in use already; rows are imported into an empty one only"
        case .unknownColumn(let name): "the archive holds \(name), which this version does not know"
        }
    }
}
