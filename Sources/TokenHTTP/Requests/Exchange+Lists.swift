import StrictCoding

/// Requests for a list, or for one member of a list.
extension Exchange {
    /// The most entries in one answer.
    static let longestPage = 1000

    /// The query's fields.
    ///
    /// - Throws: `invalid_request`.
    package func query() throws -> FormFields { try FormFields((request.query ?? "").utf8) }

    /// The query's fields. A field that the list does not know is an error: a filter that is ignored shows more than
    /// was asked for.
    ///
    /// - Parameter names: those that the list knows.
    /// - Throws: `invalid_request`.
    func query(of names: [String]) throws -> FormFields {
        let fields = try query()
        guard fields.hasOnly(names) else {
            throw Problem(.invalidRequest, "This list takes the parameters \(names.joined(separator: ", ")) only.")
        }
        return fields
    }

    /// The variable part of the path, with its percent-encoding decoded.
    ///
    /// - Throws: `not_found` for an invalid encoding.
    package func name() throws -> String {
        // In a path a plus sign means itself, not a space.
        guard let name = FormEncoding.decode(pathParameter.replacing("+", with: "%2B").utf8) else {
            throw Problem.unknownPath
        }
        return name
    }
}
