import Accounts
import Foundation

/// A password as a terminal or a file gives it: the first line, without its end (LF or CRLF) and without a byte order
/// mark before it.
package struct PasswordLine {
    package let text: String

    /// - Throws: ``CommandFailure`` when the line is too long, or is not UTF-8: what is stored must be what its owner
    ///   will type.
    package init(_ bytes: [UInt8]) throws {
        var line = bytes.prefix { $0 != UInt8(ascii: "\n") }
        if line.count < bytes.count, line.last == UInt8(ascii: "\r") { line.removeLast() }
        if line.starts(with: [0xEF, 0xBB, 0xBF]) { line.removeFirst(3) }
        guard line.count <= Password.maximumLength else {
            throw CommandFailure("the password is longer than \(Password.maximumLength) bytes")
        }
        guard let text = String(validating: line, as: UTF8.self) else {
            throw CommandFailure("the password is not valid UTF-8; nothing was changed")
        }
        self.text = text
    }

    /// Reads until the end of the first line, or until no password is as long.
    ///
    /// - Throws: ``CommandFailure`` when there is nothing to read, and as ``init(_:)`` does.
    package init(readingFrom descriptor: Int32) throws {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4096)
        while bytes.count <= 2 * Password.maximumLength, !bytes.contains(UInt8(ascii: "\n")) {
            let count = read(descriptor, &buffer, buffer.count)
            if count <= 0 { break }
            bytes += buffer.prefix(count)
        }
        guard !bytes.isEmpty else { throw CommandFailure("standard input has no password") }
        try self.init(bytes)
    }
}
