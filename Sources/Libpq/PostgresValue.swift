/// A parameter of a statement, in PostgreSQL's binary format. An array is a column of the rows that a statement writes.
package enum PostgresValue {
    case null
    case integer(Int)
    case real(Double)
    case text(String?)
    case bytes([UInt8])
    case integers([Int?])
    case texts([String?])
    case blobs([[UInt8]?])
    /// Of sixteen bytes each.
    case uuids([[UInt8]?])

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
        case .uuids(let uuids): PostgresValue.array(of: 2950, uuids)
        }
    }

    /// Encodes an array of one dimension, whose subscripts start at 1.
    ///
    /// - Parameter type: the elements' object identifier in `pg_type`.
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
