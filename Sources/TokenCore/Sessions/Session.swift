/// A session with all that a judgement needs: its row, its refresh token's, its subject's and its client's.
package struct Session: Sendable, Equatable {
    package var record: SessionRecord
    package var token: RefreshTokenRecord
    package var subject: SubjectRecord
    /// Nil when the client was removed.
    package var client: ClientRecord?

    package init(record: SessionRecord, token: RefreshTokenRecord, subject: SubjectRecord, client: ClientRecord?) {
        self.record = record
        self.token = token
        self.subject = subject
        self.client = client
    }

    package var id: SessionID { record.id }

    /// Whether it has not been ended: neither alone, nor with all sessions of its subject or of its client.
    package var isOpen: Bool {
        record.ending == nil && record.epoch == subject.epoch && subject.state == .active && isOfRegisteredClient
    }

    /// Whether its client is registered. A client that was removed and added again under the same name is another
    /// client.
    package var isOfRegisteredClient: Bool { client.map { $0.createdAt <= record.createdAt } ?? false }
}
