import Foundation
package import TokenCore

/// A name by which somebody asks for a user. It may be one that no new user can have: older accounts keep theirs.
package struct GivenName: Sendable {
    /// The longest name that is read, in bytes of UTF-8: a name of ``Username/maximumLength`` is longer when its
    /// characters are decomposed.
    package static let maximumLength = 384

    /// Without white space at its ends, in NFC.
    package let text: String
    package let keys: UsernameKeys

    /// - Returns: nil when no user can have the name: it is longer than ``maximumLength`` or contains control
    ///   characters.
    package init?(_ given: String) {
        guard given.utf8.count <= GivenName.maximumLength else { return nil }
        let trimmed = GivenName.trimmed(given)
        guard !trimmed.utf8.contains(where: { $0 < 0x20 || $0 == 0x7F }) else { return nil }
        // Most names: nothing to normalize or to map but the case.
        if trimmed.utf8.allSatisfy({ $0 < 0x80 }) {
            text = trimmed
            keys = UsernameKeys(exact: text.lowercased(), folded: text.lowercased())
            return
        }
        text = trimmed.precomposedStringWithCanonicalMapping
        keys = UsernameKeys(
            exact: text.lowercased().precomposedStringWithCanonicalMapping, folded: GivenName.folded(text))
    }

    private static func trimmed(_ text: String) -> String {
        let scalars = text.unicodeScalars.drop { $0.properties.isWhitespace }
        let end = scalars.lastIndex { !$0.properties.isWhitespace }.map { scalars.index(after: $0) }
        return String(scalars[..<(end ?? scalars.startIndex)])
    }

    /// Maps the width, then folds the case of the decomposed text: Unicode §3.13, D145 canonical caseless matching.
    private static func folded(_ text: String) -> String {
        var mapped = String.UnicodeScalarView()
        for scalar in text.unicodeScalars { mapped.append(WidthMapping.map(scalar)) }
        var folded = String.UnicodeScalarView()
        for scalar in String(mapped).decomposedStringWithCanonicalMapping.unicodeScalars {
            folded.append(contentsOf: CaseFolding.fold(scalar))
        }
        return String(folded).precomposedStringWithCanonicalMapping
    }
}
