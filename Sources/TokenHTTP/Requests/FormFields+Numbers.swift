import TokenCore

extension FormFields {
    /// How many entries the answer may have: the field `limit`, at most ``Exchange/longestPage``.
    func limit(default: Int = 100) throws -> Int {
        guard let limit = try number("limit", in: 1...Int.max) else { return `default` }
        return min(limit, Exchange.longestPage)
    }

    /// The field `after` of a list of sessions: the id of the last session of the page before; nil when it is absent.
    ///
    /// - Throws: `invalid_request` when it is no session id.
    func sessionAfter() throws -> SessionID? {
        guard let text = self["after"] else { return nil }
        guard let id = SessionID(text) else { throw Problem(.invalidRequest, "\"after\" is not a session id.") }
        return id
    }

    /// A number; nil when the field is absent.
    ///
    /// - Throws: `invalid_request` for anything else and outside `range`.
    package func number(_ name: String, in range: ClosedRange<Int>) throws -> Int? {
        guard let text = self[name] else { return nil }
        // `Int` also reads a plus sign.
        guard text.utf8.first != UInt8(ascii: "+"), let number = Int(text), range.contains(number) else {
            let bound = range.upperBound == .max ? "up" : "to \(range.upperBound)"
            throw Problem(.invalidRequest, "\"\(name)\" is not a number from \(range.lowerBound) \(bound).")
        }
        return number
    }
}
