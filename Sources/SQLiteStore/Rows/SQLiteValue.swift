import TokenCore

/// A parameter of a statement.
enum SQLiteValue {
    case null
    case integer(Int)
    case text(String)
    case blob([UInt8])

    static func integer(_ number: Int?) -> SQLiteValue { number.map { .integer($0) } ?? .null }

    static func time(_ time: Timestamp) -> SQLiteValue { .integer(Int(time.milliseconds)) }

    static func time(_ time: Timestamp?) -> SQLiteValue { time.map { .time($0) } ?? .null }

    static func text(_ text: String?) -> SQLiteValue { text.map { .text($0) } ?? .null }

    static func blob(_ bytes: [UInt8]?) -> SQLiteValue { bytes.map { .blob($0) } ?? .null }

    static func id(_ id: SessionID) -> SQLiteValue { .blob(id.uuid.bytes) }
}
