/// Why a store has not run a batch: somebody else holds rows that it names. Those of its commands that do not name them may
/// go on without the others.
package struct RowsInUse: Error, CustomStringConvertible {
    package var families: Set<SessionID>
    package var subjects: Set<SubjectID>

    package init(families: Set<SessionID>, subjects: Set<SubjectID>) {
        self.families = families
        self.subjects = subjects
    }

    package var description: String {
        "somebody holds \(families.count) sessions and \(subjects.count) subjects for too long"
    }

    func concerns(_ names: RowKeys) -> Bool {
        !families.isDisjoint(with: keys.families) || !subjects.isDisjoint(with: keys.subjects)
    }
}
