extension ArchiveRow {
    /// The row as this version has it, of an archive of this or an older version: what the migrations do to tables and
    /// columns. A column that an older version did not have gets its default.
    package var upgraded: ArchiveRow {
        switch table {
        // Migration 9.
        case "client_assertions":
            guard case .integer(let end) = values["expires_at"], let id = values["assertion_id"] else { return self }
            return ArchiveRow(
                table: "used_once",
                values: ["named_at": .integer(0), "hash": id, "forgotten_at": .integer(end)])
        case "refresh_tokens":
            guard let retries = values["retries"] else { return self }
            var row = self
            row.values["retries"] = nil
            row.values["retry_count"] = retries
            return row
        default: return self
        }
    }
}
