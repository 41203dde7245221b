import TokenCore

/// Who acts with a valid access token.
enum TokenHolder: Sendable {
    /// A live session.
    case session(Session)
    /// A registered client that acts for itself.
    case client(ClientRecord)

    /// Nil for a client that acts for itself.
    var session: Session? {
        if case .session(let session) = self { session } else { nil }
    }

    var subject: SubjectID {
        switch self {
        case .session(let session): session.subject.id
        case .client(let client): SubjectID(of: client.id)
        }
    }
}
