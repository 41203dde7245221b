import TokenCore

/// Whom a valid access token stands for, as the store has it now.
enum TokenHolder: Sendable {
    /// A live session.
    case session(Session)
    /// A client that acts for itself and is still registered.
    case client(ClientRecord)

    var subject: SubjectID {
        switch self {
        case .session(let session): session.subject.id
        case .client(let client): SubjectID(of: client.id)
        }
    }
}
