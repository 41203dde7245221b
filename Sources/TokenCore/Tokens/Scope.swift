/// A set of scope tokens (RFC 6749 §3.3), in the order in which they were first named.
package struct Scope: Hashable, Sendable, CustomStringConvertible {
    package static let maximumLength = 1024

    package let tokens: [String]

    package static let none = Scope(tokens: [])

    private init(tokens: [String]) { self.tokens = tokens }

    /// Reads a space separated list; nil when a token holds a character outside `%x21 / %x23-5B / %x5D-7E`,
    /// or the list is over ``maximumLength`` bytes.
    package init?(_ text: String) {
        guard text.utf8.count <= Scope.maximumLength else { return nil }
        var tokens: [String] = []
        for token in text.utf8.split(separator: UInt8(ascii: " ")) {
            guard token.allSatisfy({ $0 == 0x21 || 0x23...0x5B ~= $0 || 0x5D...0x7E ~= $0 }) else { return nil }
            let token = String(decoding: token, as: UTF8.self)
            if !tokens.contains(token) { tokens.append(token) }
        }
        self.tokens = tokens
    }

    package var isEmpty: Bool { tokens.isEmpty }

    package func isSubset(of other: Scope) -> Bool { Set(tokens).isSubset(of: other.tokens) }

    package var description: String { tokens.joined(separator: " ") }
}
