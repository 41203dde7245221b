/// The keys of the rows that a batch of commands reads and changes.
///
/// A store with row locks takes all of them at once, in one order, so that no two transactions wait for each other. A
/// command that needs a row which is not among its keys causes ``RowsNotPrefetched``. When the other commands of the
/// batch have been tried too, the transaction begins anew.
package struct RowKeys: Sendable, Equatable {
    /// Sessions that are judged or changed.
    package var sessions: Set<SessionID> = []
    /// Those of them whose subjects are changed too.
    package var sessionsWithSubject: Set<SessionID> = []
    /// Subjects that are changed.
    package var subjects: Set<SubjectID> = []
    /// Clients that are read.
    package var clients: Set<ClientID> = []
    /// Identities that are read or changed. Their subjects are changed too.
    package var identities: Set<IdentityID> = []
    /// What is used once.
    package var uses: Set<UsedOnce> = []
    package var registers: Set<Register> = []
    /// Webhooks whose cursors are read, and changed or made.
    package var webhooks: Set<WebhookName> = []
    /// Whether the transaction may take long. It has no other command's rows.
    package var isBulk = false

    /// A table that is read as a whole, or by a name that may be missing, and then changed.
    package enum Register: Int, Sendable, CaseIterable { case usernames, clients, signingKeys }

    package init() {}

    package var isEmpty: Bool { self == RowKeys() }

    /// A session that is changed together with its subject.
    package mutating func insert(sessionWithSubject id: SessionID) {
        sessions.insert(id)
        sessionsWithSubject.insert(id)
    }

    /// A session whose holder ends sessions.
    package mutating func insert(subjectOf credential: SessionCredential) {
        insert(sessionWithSubject: credential.session)
        if let use = credential.use { uses.insert(use) }
    }

    package mutating func formUnion(_ other: RowKeys) {
        sessions.formUnion(other.sessions)
        sessionsWithSubject.formUnion(other.sessionsWithSubject)
        subjects.formUnion(other.subjects)
        clients.formUnion(other.clients)
        identities.formUnion(other.identities)
        uses.formUnion(other.uses)
        registers.formUnion(other.registers)
        webhooks.formUnion(other.webhooks)
        isBulk = isBulk || other.isBulk
    }
}
