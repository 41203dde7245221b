package import TokenCore

extension Store {
    /// Events of one subject, or of all, the newest first, with their numbers set to 0.
    package func events(of subject: SubjectID?, limit: Int) async throws -> [EventRecord] {
        try await events(EventQuery(subject: subject), limit: limit).map { event in
            var event = event
            event.number = 0
            return event
        }
    }
}

extension Store {
    /// The newest open sessions of a subject, or of all subjects.
    package func openSessions(of subject: SubjectID?, limit: Int) async throws -> [Session] {
        try await openSessions(of: subject, after: nil, limit: limit)
    }

    /// Every client.
    package func clients() async throws -> [ClientRecord] { try await clients(after: "", limit: .max) }
}
