/// Other transactions hold rows of a batch for too long. Commands that do not need these rows may go on without the
/// others.
package struct RowsInUse: Error, CustomStringConvertible {
    package var sessions: Set<SessionID>
    package var subjects: Set<SubjectID>
    /// Identities of such subjects.
    package var identities: Set<IdentityID>

    package init(sessions: Set<SessionID>, subjects: Set<SubjectID>, identities: Set<IdentityID> = []) {
        self.sessions = sessions
        self.subjects = subjects
        self.identities = identities
    }

    package var description: String {
        "other transactions have held \(sessions.count) sessions and \(subjects.count) subjects for too long"
    }

    package func concerns(_ keys: RowKeys) -> Bool {
        !sessions.isDisjoint(with: keys.sessions) || !subjects.isDisjoint(with: keys.subjects)
            || !identities.isDisjoint(with: keys.identities)
    }
}
