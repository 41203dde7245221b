/// A set of scope tokens (RFC 6749 §3.3), in the order in which they were first named.
package struct Scope: Hashable, Sendable, CustomStringConvertible {
    package static let maximumLength = 1024

    /// The tokens, separated by one space.
    package let description: String

    package static let none = Scope(description: "")

    private init(description: String) { self.description = description }

    /// Reads a space separated list; nil when a token holds a character outside `%x21 / %x23-5B / %x5D-7E`,
    /// or the list is over ``maximumLength`` bytes.
    package init?(_ text: String) {
        guard text.utf8.count <= Scope.maximumLength, text.utf8.allSatisfy(Scope.isAllowed) else { return nil }
        guard text.utf8.contains(UInt8(ascii: " ")) else {
            description = text
            return
        }
        var tokens: [Substring.UTF8View] = []
        for token in text.utf8.split(separator: UInt8(ascii: " "))
        where !tokens.contains(where: { $0.elementsEqual(token) }) {
            tokens.append(token)
        }
        let length = tokens.reduce(tokens.count - 1) { $0 + $1.count }
        description = length == text.utf8.count ? text : tokens.map { String(Substring($0)) }.joined(separator: " ")
    }

    /// Reads what ``description`` has written; nil for characters that it does not write.
    package init?(stored text: String) {
        guard text.utf8.allSatisfy(Scope.isAllowed) else { return nil }
        description = text
    }

    private static func isAllowed(_ byte: UInt8) -> Bool { 0x20...0x7E ~= byte && byte != 0x22 && byte != 0x5C }

    package var tokens: [String] {
        description.utf8.split(separator: UInt8(ascii: " ")).map { String(Substring($0)) }
    }

    package var isEmpty: Bool { description.isEmpty }

    package func isSubset(of other: Scope) -> Bool { Set(tokens).isSubset(of: other.tokens) }
}
