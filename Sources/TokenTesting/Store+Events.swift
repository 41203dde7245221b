package import TokenCore

extension Store {
    /// Events of one subject, or of all, the newest first, with their numbers set to 0.
    package func events(of subject: SubjectID?, limit: Int) async throws -> [EventRecord] {
        try await events(of: subject, before: nil, limit: limit).map { event in
            var event = event
            event.number = 0
            return event
        }
    }
}
