import Accounts
import ArgumentParser
import Foundation
import StrictCoding

/// Messages for people go to standard error, results to standard output.
enum Terminal {
    static func say(_ message: String) { put("\(message)\n", to: .standardError) }

    static func write(_ line: String) { put("\(line)\n", to: .standardOutput) }

    static func write(_ json: [UInt8]) { put(String(decoding: json, as: UTF8.self) + "\n", to: .standardOutput) }

    /// `FileHandle.write` would end the process where the file is full.
    private static func put(_ text: String, to file: FileHandle) { try? file.write(contentsOf: Data(text.utf8)) }

    /// Rows in columns, under a heading.
    static func write(table rows: [[String]]) {
        guard let first = rows.first else { return }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            // A device may be named to move the reader's cursor.
            write(String(cells.joined(separator: "  ").map { $0.isControl ? "?" : $0 }))
        }
    }

    /// A password from standard input's first line, or asked for twice without echo.
    static func password(fromStandardInput: Bool) throws -> Password {
        if fromStandardInput {
            guard let line = readLine(strippingNewline: true) else {
                throw CommandFailure("standard input holds no password")
            }
            return Password(line)
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("There is no terminal to ask for a password; give --password-stdin.")
        }
        guard let first = getpass("Password: ").map({ String(cString: $0) }),
            let second = getpass("Once more: ").map({ String(cString: $0) })
        else { throw CommandFailure("no password was given") }
        guard first == second else { throw CommandFailure("the two passwords differ") }
        return Password(first)
    }
}

extension Character {
    fileprivate var isControl: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
