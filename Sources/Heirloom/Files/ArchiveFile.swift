import Foundation
package import Migrations
package import StrictCoding

/// An archive: a heading, a line of JSON for each row, and the number of rows, by which a reader knows that none is
/// missing.
///
/// `{"table":"refresh_tokens","generation":3,"hash":["…base64url…"],"nonce":null,…}`
package enum ArchiveFile {
    struct Malformed: Error, CustomStringConvertible {
        let description: String

        init(line: Int, _ reason: String) { description = "line \(line) of the archive: \(reason)" }
    }

    private static let heading = Array(#"{"heirloom":"archive","version":1}"#.utf8)

    /// Writes rows to a new file, which only its owner may read, or to standard output for `-`.
    ///
    /// - Returns: the number of rows.
    /// - Throws: ``PrivateFile/Failure`` when the file exists or cannot be made.
    static func write(to path: String, _ rows: (_ receive: (ArchiveRow) throws -> Void) throws -> Void) throws -> Int {
        let descriptor = path == "-" ? STDOUT_FILENO : open(path, O_CREAT | O_EXCL | O_WRONLY | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw PrivateFile.Failure(path: path, reason: String(cString: strerror(errno))) }
        let file = FileHandle(fileDescriptor: descriptor, closeOnDealloc: path != "-")
        var buffer = Data(heading + [newline])
        var count = 0
        try rows { row in
            buffer.append(contentsOf: encode(row) + [newline])
            count += 1
            guard buffer.count > 1 << 18 else { return }
            try file.write(contentsOf: buffer)
            buffer.removeAll(keepingCapacity: true)
        }
        buffer.append(contentsOf: JSONWriter.object { $0.member("rows", count) } + [newline])
        try file.write(contentsOf: buffer)
        if path != "-" { try file.synchronize() }
        return count
    }

    /// Reads the rows of a file, or of standard input for `-`.
    ///
    /// - Parameter use: calls `next` until it returns nil after the last row.
    /// - Throws: ``Malformed`` with the number of the line.
    static func read(from path: String, _ use: (_ next: () throws -> ArchiveRow?) throws -> Void) throws {
        guard let file = path == "-" ? fdopen(STDIN_FILENO, "r") : fopen(path, "r") else {
            throw CommandFailure("\(path) cannot be read: \(String(cString: strerror(errno)))")
        }
        defer { fclose(file) }
        var buffer: UnsafeMutablePointer<CChar>?
        var capacity = 0
        defer { free(buffer) }
        var number = 0
        func line() -> [UInt8]? {
            number += 1
            let length = getline(&buffer, &capacity, file)
            guard length > 0, let buffer else { return nil }
            return Array(UnsafeRawBufferPointer(start: buffer, count: length)).dropLast { $0 == newline }
        }
        guard line() == heading else { throw Malformed(line: 1, "this is not an archive that heirloom export wrote") }
        var isWhole = false
        try use {
            guard let text = line() else { throw Malformed(line: number, "the archive is truncated") }
            let json = try JSONReader.read(text)
            if let count = json["rows"]?.integer {
                guard count == number - 2 else {
                    throw Malformed(line: number, "the archive was written with \(count) rows")
                }
                isWhole = true
                return nil
            }
            guard let row = decode(json) else { throw Malformed(line: number, "this is not a row") }
            return row
        }
        guard isWhole else { throw Malformed(line: number, "the archive is truncated") }
    }

    private static let newline = UInt8(ascii: "\n")

    /// The line of a row, without the newline.
    package static func encode(_ row: ArchiveRow) -> [UInt8] {
        JSONWriter.object { json in
            json.member("table", row.table)
            for (name, value) in row.values.sorted(by: { $0.key < $1.key }) {
                switch value {
                case .null: json.member(named: name, json: Array("null".utf8))
                case .integer(let number): json.member(named: name, json: Array(String(number).utf8))
                case .text(let text): json.member(named: name, text)
                case .bytes(let bytes):
                    json.member(named: name, json: Array("[\"\(Base64URL.encode(bytes))\"]".utf8))
                }
            }
        }
    }

    /// The row of a line; nil if the value is none: an unknown table, a name outside ASCII, a number of more than 53
    /// bits, or a value of another type than ``encode(_:)`` writes.
    package static func decode(_ json: JSON) -> ArchiveRow? {
        guard case .object(let members) = json, let table = members["table"]?.ascii,
            ArchiveRow.tables.contains(table) || table == "feed"
        else { return nil }
        var row = ArchiveRow(table: table, values: [:])
        for (name, value) in members where name != "table" {
            guard name.utf8.allSatisfy({ $0 < 0x80 }) else { return nil }
            switch value {
            case .null: row.values[name] = .null
            case .integer(let number) where number.magnitude <= 1 << 53: row.values[name] = .integer(number)
            case .string(let text): row.values[name] = .text(text)
            default:
                guard let strings = value.strings, strings.count == 1, let bytes = Base64URL.decode(strings[0].utf8)
                else { return nil }
                row.values[name] = .bytes(bytes)
            }
        }
        return table == "feed" && row.newestRevocation == nil ? nil : row
    }
}

extension [UInt8] {
    /// Without the last byte if it is unwanted.
    fileprivate func dropLast(_ isUnwanted: (UInt8) -> Bool) -> [UInt8] {
        last.map(isUnwanted) == true ? Array(dropLast()) : self
    }
}
