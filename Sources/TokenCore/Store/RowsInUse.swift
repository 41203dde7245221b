/// Why a store has not run a batch: somebody else holds rows that it names. Those of its commands that do not name them may
/// go on without the others.
package struct RowsInUse: Error, CustomStringConvertible {
    package var sessions: Set<SessionID>
    package var subjects: Set<SubjectID>

    package init(sessions: Set<SessionID>, subjects: Set<SubjectID>) {
        self.sessions = sessions
        self.subjects = subjects
    }

    package var description: String {
        "somebody holds \(sessions.count) sessions and \(subjects.count) subjects for too long"
    }

    func concerns(_ names: RowKeys) -> Bool {
        !sessions.isDisjoint(with: keys.sessions) || !subjects.isDisjoint(with: keys.subjects)
    }
}
