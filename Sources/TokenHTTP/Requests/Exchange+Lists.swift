import StrictCoding

/// Requests for a list, or for one member of a list.
extension Exchange {
    /// The most entries in one answer.
    static let longestPage = 1000

    /// The query's fields.
    ///
    /// - Throws: `invalid_request`.
    package func query() throws -> FormFields { try FormFields(Array((request.query ?? "").utf8)) }

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

    /// The entries that the query asks for, of a list that is short enough to be read as a whole.
    ///
    /// - Parameters:
    ///   - entries: all of them, in order.
    ///   - id: what `after` and `next` hold of an entry.
    /// - Throws: `invalid_request`, also when no entry has the id in `after`.
    func page<Entry>(
        of entries: [Entry], id: (Entry) -> String
    ) throws -> (entries: ArraySlice<Entry>, next: String?) {
        let query = try query(of: ["limit", "after"])
        var rest = entries[...]
        if let after = query["after"] {
            guard let index = rest.firstIndex(where: { id($0).isExactly(after) }) else {
                throw Problem(.invalidRequest, "\"after\" is not the \"next\" of a page of this list.")
            }
            rest = rest[(index + 1)...]
        }
        let page = rest.prefix(try query.limit())
        return (page, page.endIndex < rest.endIndex ? page.last.map(id) : nil)
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
