/// Disables, enables or deletes a user. Disabling and deleting end every session, and enabling brings none back.
package struct SetUserState: Command {
    package var subject: SubjectID
    package var state: SubjectRecord.State

    package enum Outcome: Sendable, Equatable { case done, notFound }

    package init(of subject: SubjectID, to state: SubjectRecord.State) {
        self.subject = subject
        self.state = state
    }

    package func prefetch(into keys: inout RowKeys) {
        keys.subjects.insert(subject)
        if state == .deleted { keys.registers.insert(.usernames) }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard var user = try transaction.subject(subject), user.account != nil, user.state != .deleted else {
            return .notFound
        }
        guard user.state != state else { return .done }
        user.state = state
        if state == .deleted {
            // The row stays, without name, password and claims, until its last session would have expired.
            user.account = nil
            user.claims = nil
            user.expiresAt = transaction.now + transaction.rules.rotation.policy.absoluteLifetimeSeconds
        }
        transaction.save(user)
        if state != .active {
            transaction.voidOneTimeLink(of: subject)
            _ = try transaction.advanceEpoch(of: subject)
            try transaction.publishAllSessions(of: subject)
        }
        let kind: EventRecord.Kind =
            switch state {
            case .active: .userEnabled
            case .disabled: .userDisabled
            case .deleted: .userDeleted
            }
        transaction.record(EventRecord(kind, at: transaction.now, subject: subject))
        return .done
    }
}
