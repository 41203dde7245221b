import Accounts
import ArgumentParser
import Foundation

/// Writes results to standard output and messages to standard error, and asks for passwords.
enum Terminal {
    /// Writes a message.
    static func say(_ message: String) { put("\(message)\n", to: .standardError) }

    /// Writes a line of a result.
    static func write(_ line: String) { put("\(line)\n", to: .standardOutput) }

    static func write(_ json: [UInt8]) { put(String(decoding: json, as: UTF8.self) + "\n", to: .standardOutput) }

    /// `FileHandle.write(_:)` would end the process when the disk is full.
    private static func put(_ text: String, to file: FileHandle) { try? file.write(contentsOf: Data(text.utf8)) }

    /// Writes rows in columns. The first row is the heading.
    static func write(table rows: [[String]]) {
        guard let first = rows.first else { return }
        let widths = first.indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        for row in rows {
            let cells = zip(row, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
            // The name of a device may contain control characters that move the cursor.
            write(String(cells.joined(separator: "  ").map { $0.isControl ? "?" : $0 }))
        }
    }

    /// Reads a password from the first line of standard input, or asks for it twice without echo.
    ///
    /// - Throws: `ValidationError` when there is no terminal to ask at; ``CommandFailure`` when there is no password.
    static func password(fromStandardInput: Bool) throws -> Password {
        if fromStandardInput {
            guard let line = readLine(strippingNewline: true) else {
                throw CommandFailure("standard input has no password")
            }
            return Password(line)
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("There is no terminal to ask for a password at. Use --password-stdin.")
        }
        guard let first = getpass("Password: ").map({ String(cString: $0) }),
            let second = getpass("Repeat the password: ").map({ String(cString: $0) })
        else { throw CommandFailure("no password was given") }
        guard first == second else { throw CommandFailure("the two passwords differ") }
        return Password(first)
    }
}

extension Character {
    fileprivate var isControl: Bool { unicodeScalars.contains { $0.properties.generalCategory == .control } }
}
