import HummingbirdCore

/// Requests for a list, or for one member of a list.
extension Exchange {
    /// The most entries in one answer.
    static let longestPage = 1000

    /// The query's fields.
    ///
    /// - Throws: `invalid_request`.
    package func query() throws -> FormFields { try FormFields((request.uri.query ?? "").utf8) }

    /// The variable part of the path, with its percent-encoding decoded.
    ///
    /// - Throws: `not_found` for an invalid encoding.
    func name() throws -> String {
        // In a path a plus sign means itself, not a space.
        guard let name = FormFields.decode(pathParameter.replacing("+", with: "%2B").utf8) else {
            throw Problem.unknownPath
        }
        return name
    }
}
