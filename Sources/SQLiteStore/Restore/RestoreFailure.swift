/// Why a backup does not take the place of the database. Nothing was changed.
package enum RestoreFailure: Error, CustomStringConvertible {
    /// Another process has the database open.
    case inUse(path: String, process: Int32?)
    case unreadable(path: String, reason: String)
    /// The copy is no database of this program, or is damaged.
    case unusable(path: String, reason: String)
    case notReplaced(path: String, reason: String)

    package var description: String {
        switch self {
        case .inUse(let path, let process):
            "\(path) is in use\(process.map { " by process \($0)" } ?? ""): stop the service first"
        case .unreadable(let path, let reason): "\(path) cannot be read: \(reason)"
        case .unusable(let path, let reason): "\(path) cannot be restored: \(reason)"
        case .notReplaced(let path, let reason): "\(path) cannot be replaced: \(reason)"
        }
    }
}
