/// Why PostgreSQL did not do what was asked.
package enum PostgresFailure: Error, CustomStringConvertible {
    /// There is no server to talk to.
    case unreachable(String)
    /// The connection broke, or the server did not answer in time; nothing was changed.
    case lost(String)
    /// The connection broke while the transaction was being committed: it is on disk or it is not.
    case outcomeUnknown(String)
    /// The server refused a statement.
    case refused(code: String, message: String)
    /// Other nodes came first so often that the transaction was given up.
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

    /// Whether nothing is wrong but that another transaction came first: a serialization failure, a deadlock, or a row that
    /// another node made at the same time.
    var isConflict: Bool {
        guard case .refused(let code, _) = self else { return false }
        return code.hasPrefix("40") || code == "23505"
    }

    /// Whether somebody has held a lock for too long.
    var isOfLock: Bool {
        if case .refused("55P03", _) = self { true } else { false }
    }

    /// Whether another connection may do better: this one is gone, its server is going down or is a standby now, or its
    /// prepared statements are not what they were.
    var isOfConnection: Bool {
        switch self {
        case .unreachable, .lost, .outcomeUnknown: true
        case .contended: false
        case .refused(let code, _):
            code.hasPrefix("08") || code.hasPrefix("57P") || ["25006", "25P03", "26000", "0A000"].contains(code)
        }
    }
}
