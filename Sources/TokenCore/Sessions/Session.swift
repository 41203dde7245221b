/// A session with all that a judgement needs: its row, its refresh token's, its client's, and of its subject's the part
/// that concerns sessions.
///
/// A class, because it has some thirty members, which a structure would copy and count at each call.
package final class Session: Sendable {
    package let record: SessionRecord
    package let token: RefreshTokenRecord
    package let subject: Subject
    /// Nil when the client was removed.
    package let client: ClientRecord?

    package init(record: SessionRecord, token: RefreshTokenRecord, subject: Subject, client: ClientRecord?) {
        self.record = record
        self.token = token
        self.subject = subject
        self.client = client
    }

    package var id: SessionID { record.id }

    /// The same session with another refresh token.
    package func with(_ token: RefreshTokenRecord) -> Session {
        Session(record: record, token: token, subject: subject, client: client)
    }

    /// Whether it has not been ended: neither alone, nor with all sessions of its subject or of its client.
    package var isOpen: Bool {
        record.ending == nil && record.epoch == subject.epoch && subject.state == .active && isOfRegisteredClient
    }

    /// Whether its client is registered. A client that was removed and added again under the same name is another
    /// client.
    package var isOfRegisteredClient: Bool { client.map { $0.createdAt <= record.createdAt } ?? false }
}

extension Session: Equatable {
    package static func == (left: Session, right: Session) -> Bool {
        left.record == right.record && left.token == right.token && left.subject == right.subject
            && left.client == right.client
    }
}
