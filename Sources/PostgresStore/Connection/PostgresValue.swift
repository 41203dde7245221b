import TokenCore

/// A parameter of a statement, in PostgreSQL's binary format. Arrays are columns: a statement writes many rows at once.
enum PostgresValue {
    case null
    case integer(Int)
    case real(Double)
    case text(String?)
    case bytes([UInt8])
    case integers([Int?])
    case texts([String?])
    case blobs([[UInt8]?])
    case ids([SessionID?])

    static func time(_ time: Timestamp) -> PostgresValue { .integer(Int(time.milliseconds)) }
    static func time(_ time: Timestamp?) -> PostgresValue { time.map { .time($0) } ?? .null }
    static func id(_ id: SessionID) -> PostgresValue { .bytes(id.uuid.bytes) }
    static func times(_ times: [Timestamp?]) -> PostgresValue {
        .integers(times.map { $0.map { Int($0.milliseconds) } })
    }

    /// The bytes on the wire; nil for null.
    var encoded: [UInt8]? {
        switch self {
        case .null: nil
        case .integer(let number): number.bigEndianBytes
        case .real(let number): Int(bitPattern: UInt(number.bitPattern)).bigEndianBytes
        case .text(let text): text.map { PostgresText.encode($0) }
        case .bytes(let bytes): bytes
        case .integers(let numbers): PostgresValue.array(of: 20, numbers.map { $0?.bigEndianBytes })
        case .texts(let texts): PostgresValue.array(of: 25, texts.map { $0.map { PostgresText.encode($0) } })
        case .blobs(let blobs): PostgresValue.array(of: 17, blobs)
        case .ids(let ids): PostgresValue.array(of: 2950, ids.map { $0?.uuid.bytes })
        }
    }

    /// One dimension, counted from 1.
    private static func array(of type: Int32, _ elements: [[UInt8]?]) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(20 + elements.reduce(0) { $0 + 4 + ($1?.count ?? 0) })
        for word in [elements.isEmpty ? 0 : 1, 1, type] { bytes.append(bigEndian: word) }
        guard !elements.isEmpty else { return bytes }
        for word in [Int32(elements.count), 1] { bytes.append(bigEndian: word) }
        for element in elements {
            guard let element else {
                bytes.append(bigEndian: -1)
                continue
            }
            bytes.append(bigEndian: Int32(element.count))
            bytes.append(contentsOf: element)
        }
        return bytes
    }
}

extension Int {
    fileprivate var bigEndianBytes: [UInt8] { withUnsafeBytes(of: Int64(self).bigEndian) { Array($0) } }
}

extension [UInt8] {
    fileprivate mutating func append(bigEndian word: Int32) {
        Swift.withUnsafeBytes(of: word.bigEndian) { append(contentsOf: $0) }
    }
}
