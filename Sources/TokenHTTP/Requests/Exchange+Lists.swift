import HummingbirdCore

/// What requests for lists, and for one thing of a list, have in common.
extension Exchange {
    /// The longest list that is told at once.
    static let longestPage = 1000

    /// The query's fields.
    func query() throws -> FormFields { try FormFields((request.uri.query ?? "").utf8) }

    /// What the path's variable part names, its percent-encoding undone.
    ///
    /// - Throws: `not_found` for an encoding that is broken.
    func name() throws -> String {
        // A plus sign is one in a path.
        guard let name = FormFields.decode(pathParameter.replacing("+", with: "%2B").utf8) else {
            throw Problem(.notFound, "There is nothing at this path.")
        }
        return name
    }
}

extension FormFields {
    /// How many entries are asked for; at most ``Exchange/longestPage`` are given.
    func limit(by default: Int = 100) throws -> Int {
        guard let limit = try number("limit", in: 1...Int.max) else { return `default` }
        return min(limit, Exchange.longestPage)
    }

    /// A number; nil when the field is absent.
    func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = self[name] else { return nil }
        guard let number = Int(text), range.contains(number) else {
            let bound = range.upperBound == .max ? "up" : "to \(range.upperBound)"
            throw Problem(.invalidRequest, "\"\(name)\" is a number from \(range.lowerBound) \(bound).")
        }
        return number
    }
}
