import Crypto

/// The migrations that a database has had, compared with those that this program knows.
package struct SchemaHistory {
    /// Why a database cannot be used.
    package enum Failure: Error, CustomStringConvertible {
        /// The recorded checksum is that of another text.
        case edited(number: Int, name: String)
        /// A newer version has migrated the database.
        case newer(number: Int)
        case missing(number: Int)

        package var description: String {
            switch self {
            case .edited(let number, let name):
                "migration \(number) (\(name)) was applied to this database with another text than this program holds; "
                    + "use the program that made the database, or restore a backup"
            case .newer(let number):
                "the database has migration \(number), which this program does not know: "
                    + "it was made by a newer version; install that version or restore a backup"
            case .missing(let number):
                "the database lacks migration \(number); run: heirloom migrate"
            }
        }
    }

    private let known: [Migration]
    private let applied: [Int: String]

    /// - Parameter applied: the checksums that the database has recorded, by number.
    /// - Throws: ``Failure/edited(number:name:)`` and ``Failure/newer(number:)``
    package init(known: [Migration], applied: [Int: String]) throws {
        self.known = known
        self.applied = applied
        for migration in known {
            if let checksum = applied[migration.number], checksum != migration.checksum {
                throw Failure.edited(number: migration.number, name: migration.name)
            }
        }
        if let newest = applied.keys.max(), newest > known.last?.number ?? 0 { throw Failure.newer(number: newest) }
    }

    /// The migrations that the database lacks, in order.
    package var missing: [Migration] { known.filter { applied[$0.number] == nil } }

    /// - Throws: ``Failure/missing(number:)`` unless the database is up to date.
    package func requireComplete() throws {
        if let first = missing.first { throw Failure.missing(number: first.number) }
    }
}

extension Migration {
    /// SHA-256 of the text, in hexadecimal.
    package var checksum: String {
        SHA256.hash(data: sql).map { byte in
            let digits = String(byte, radix: 16)
            return byte < 16 ? "0" + digits : digits
        }.joined()
    }
}
