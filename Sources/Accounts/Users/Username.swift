import Foundation

/// A user's name: as it was given, and as it is compared (RFC 8265 §3.3: case-folded, NFC).
package struct Username: Sendable, Equatable {
    package let text: String
    package let key: String

    /// - Returns: nil when the name is empty, over 128 bytes, holds control characters, or begins or ends with white
    ///   space.
    package init?(_ text: String) {
        let normalized = text.precomposedStringWithCanonicalMapping
        let isPrintable = normalized.unicodeScalars.allSatisfy { scalar in
            switch scalar.properties.generalCategory {
            case .control, .format, .surrogate, .privateUse, .unassigned, .lineSeparator, .paragraphSeparator: false
            default: true
            }
        }
        guard !normalized.isEmpty, normalized.utf8.count <= 128, isPrintable,
            normalized.first?.isWhitespace == false, normalized.last?.isWhitespace == false
        else { return nil }
        self.text = normalized
        key = normalized.lowercased().precomposedStringWithCanonicalMapping
    }
}
