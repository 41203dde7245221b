import Heirloom
import Testing

struct PasswordLineTests {
    @Test(arguments: [
        ("secret", "secret"), ("secret\n", "secret"), ("secret\r\n", "secret"), ("secret\r", "secret\r"),
        (" secret \n", " secret "), ("secret\n\n", "secret"), ("secret\nmore", "secret"),
        ("\u{FEFF}secret\n", "secret"),
        ("\u{FEFF}secret\r\n", "secret"), ("se\u{FEFF}cret", "se\u{FEFF}cret"), ("\n", ""), ("a\u{0}b", "a\u{0}b"),
        ("\u{FFFD}", "\u{FFFD}"),
    ])
    func `a line is a password without its end and a byte order mark`(input: String, password: String) throws {
        #expect(try Array(PasswordLine(Array(input.utf8)).text.utf8) == Array(password.utf8))
    }

    private static let refused: [[UInt8]] = [
        [0xFF], [0x73, 0xE9, 0x0A], [0xC0, 0xAF], [0xED, 0xA0, 0x80], [0xFF, 0xFE, 0x73, 0x00],
        [0xF5, 0x80, 0x80, 0x80], Array(repeating: 0x78, count: 1025),
    ]

    @Test(arguments: refused)
    func `bytes that are not UTF-8, and too many, are refused`(bytes: [UInt8]) {
        #expect(throws: (any Error).self) { try PasswordLine(bytes) }
    }
}
