import Accounts
import ArgumentParser
import Foundation

/// Writes results to standard output and messages to standard error, and asks for passwords.
enum Terminal {
    /// Writes a message, which may contain names that others have chosen.
    static func say(_ message: String) { put("\(TerminalText.escaped(message))\n", to: .standardError) }

    /// Writes a line of a result.
    static func write(_ line: String) { put("\(line)\n", to: .standardOutput) }

    static func write(_ json: [UInt8]) { put(String(decoding: json, as: UTF8.self) + "\n", to: .standardOutput) }

    /// `FileHandle.write(_:)` would end the process when the disk is full.
    private static func put(_ text: String, to file: FileHandle) { try? file.write(contentsOf: Data(text.utf8)) }

    /// Writes rows in columns. The first row is the heading.
    static func write(table rows: [[String]]) {
        for line in TerminalTable.lines(rows) { write(line) }
    }

    /// Reads a password from the first line of standard input, or asks for it twice without echo. A byte order mark
    /// before the line is no part of it.
    ///
    /// - Throws: `ValidationError` when there is no terminal to ask at; ``CommandFailure`` when there is no password.
    static func password(fromStandardInput: Bool) throws -> Password {
        if fromStandardInput {
            return Password(try PasswordLine(readingFrom: STDIN_FILENO).text)
        }
        guard isatty(STDIN_FILENO) == 1 else {
            throw ValidationError("There is no terminal to ask for a password at. Use --password-stdin.")
        }
        guard let first = getpass("Password: ").map({ Array(Data(bytes: $0, count: strlen($0))) }),
            let second = getpass("Repeat the password: ").map({ Array(Data(bytes: $0, count: strlen($0))) })
        else { throw CommandFailure("no password was given") }
        guard first == second else { throw CommandFailure("the two passwords differ") }
        return Password(try PasswordLine(first).text)
    }
}
