package import TokenCore

extension EventRecord {
    /// The columns that ``init(_:)`` reads.
    package static let columns = """
        event_id, kind, at, subject_id, session_id, client_id, address, detail, generations_behind, actor
        """

    /// - Throws: ``TokenCore/CorruptRow``
    package init(_ columns: some Columns) throws {
        try self.init(
            Kind(rawValue: columns.text(1)), number: columns.number(0, of: "events"), at: columns.time(2, of: "events"),
            subject: columns.optionalText(3).map { SubjectID($0) },
            session: columns.isNull(4) ? nil : columns.sessionID(4, of: "events"),
            client: columns.optionalText(5).map { ClientID($0) }, actor: columns.optionalText(9),
            address: columns.optionalText(6), detail: columns.optionalText(7),
            generationsBehind: columns.optionalNumber(8, of: "events"))
        if kind == .reuseDetected, generationsBehind == nil { generationsBehind = detail.flatMap(EventRecord.distance) }
    }

    /// The number of generations in an event of version 0.1.0, whose detail begins with it.
    private static func distance(in detail: String) -> Int? {
        let digits = UInt8(ascii: "0")...UInt8(ascii: "9")
        return Int(String(decoding: detail.utf8.prefix { digits.contains($0) }, as: UTF8.self))
    }
}
