/// Why PostgreSQL did not run a statement.
package enum PostgresFailure: Error, CustomStringConvertible {
    /// No server could be connected to, or the server or the database cannot be used.
    case unreachable(String)
    /// The connection broke, or the server did not answer in time. Nothing was changed.
    case lost(String)
    /// The connection broke during the commit. Whether the transaction was committed is unknown.
    case outcomeUnknown(String)
    /// The server refused a statement.
    case refused(code: String, message: String)
    /// The transaction was given up after too many conflicts with other transactions.
    case contended

    package var description: String {
        switch self {
        case .unreachable(let reason): "PostgreSQL cannot be reached: \(reason)"
        case .lost(let reason): "the connection to PostgreSQL was lost: \(reason)"
        case .outcomeUnknown(let reason): "the connection to PostgreSQL was lost in a commit: \(reason)"
        case .refused(let code, let message): "PostgreSQL refused: \(message) (\(code))"
        case .contended: "other nodes changed the same rows again and again"
        }
    }

    /// Whether another transaction came first: a serialization failure, a deadlock, or a row that another transaction
    /// has inserted at the same time.
    package var isConflict: Bool {
        guard case .refused(let code, _) = self else { return false }
        return code.hasPrefix("40") || code == "23505"
    }

    /// Whether a lock was not granted within `lock_timeout`.
    package var isOfLock: Bool {
        if case .refused("55P03", _) = self { true } else { false }
    }

    /// Whether a new connection may succeed: this one is lost, its server is shutting down or has become a standby, or
    /// its prepared statements are not valid any more.
    package var isOfConnection: Bool {
        switch self {
        case .unreachable, .lost, .outcomeUnknown: true
        case .contended: false
        case .refused(let code, _):
            code.hasPrefix("08") || code.hasPrefix("57P") || ["25006", "25P03", "26000", "0A000"].contains(code)
        }
    }
}
