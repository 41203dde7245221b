/// A place in a text file as editors show it.
package struct TextPosition: Equatable, Sendable, CustomStringConvertible {
    /// From 1.
    package let line: Int
    /// In Unicode scalars, from 1.
    package let column: Int

    package var description: String { "line \(line), column \(column)" }

    /// - Parameter offset: in bytes, from 0.
    package init(of offset: Int, in text: [UInt8]) {
        let before = text.prefix(offset)
        line = 1 + before.count { $0 == UInt8(ascii: "\n") }
        let start = before.lastIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? 0
        // Each scalar has one byte that is no continuation byte (RFC 3629 §3).
        column = 1 + before[start...].count { $0 & 0xC0 != 0x80 }
    }
}
