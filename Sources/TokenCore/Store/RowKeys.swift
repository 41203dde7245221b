/// The rows that a batch of commands will ask for, as far as they can tell beforehand.
///
/// For a store that is a round trip away: it can lock and load all of them at once, in an order of its own, instead of one
/// after the other as the ledger asks. Nothing rests on it but speed: a command may ask for what it has not named.
package struct RowKeys: Sendable {
    /// Families that are judged or changed.
    package var sessions: Set<SessionID> = []
    /// Those of them whose subjects change with them.
    package var sessionsWithSubject: Set<SessionID> = []
    /// Subjects that are changed.
    package var subjects: Set<SubjectID> = []
    /// Clients that are looked at.
    package var clients: Set<ClientID> = []
    /// What is decided by looking at more than the rows that change.
    package var registers: Set<Register> = []

    /// A table that is read as a whole, or by a name that may be missing, and then changed.
    package enum Register: Int, Sendable, CaseIterable { case usernames, clients, signingKeys }

    package init() {}

    /// A family that is changed together with its subject.
    package mutating func insert(sessionWithSubject id: SessionID) {
        sessions.insert(id)
        sessionsWithSubject.insert(id)
    }

    /// A family whose holder ends sessions.
    package mutating func insert(subjectOf credential: SessionCredential) {
        switch credential {
        case .session(let id): insert(sessionWithSubject: id)
        case .refreshToken(let token, _): insert(sessionWithSubject: token.session)
        }
    }
}
