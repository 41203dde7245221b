package import SessionEngine
package import TokenCore

/// Finds users and outside subjects, and disables, enables and deletes users: what needs no password.
package struct UserDirectory: Sendable {
    private let store: any Store
    private let lane: CommitLane

    package init(store: any Store, lane: CommitLane) {
        self.store = store
        self.lane = lane
    }

    /// A user, by subject id or by name.
    package func user(_ name: String) async throws -> SubjectRecord? {
        if let user = try await store.subject(SubjectID(name)), user.account != nil { return user }
        guard let name = Username(name) else { return nil }
        return try await user(name)
    }

    /// A user, by name.
    package func user(_ name: Username) async throws -> SubjectRecord? {
        try await store.subject(usernameKey: name.key)
    }

    /// A user or an outside subject, by its id.
    package func subject(_ id: SubjectID) async throws -> SubjectRecord? { try await store.subject(id) }

    /// The subject that a list is asked for: the subject with this id, or, when there is none, the user of this name.
    ///
    /// - Returns: `name` itself when there is neither. Events outlive their subject.
    package func subjectID(named name: String) async throws -> SubjectID {
        let id = SubjectID(name)
        if try await store.subject(id) != nil { return id }
        return try await user(name)?.id ?? id
    }

    /// What somebody at a command line calls a subject.
    package enum NamedSubject: Sendable {
        case subject(SubjectRecord)
        /// It is the name of this user, and the id of another subject.
        case ambiguous(user: SubjectRecord)
        case unknown
    }

    /// A user by subject id or by name, or an outside subject by its id.
    package func subject(named name: String) async throws -> NamedSubject {
        let subject = try await store.subject(SubjectID(name))
        let user = if let name = Username(name) { try await user(name) } else { nil as SubjectRecord? }
        switch (subject, user) {
        case (let subject?, let user?) where subject.id != user.id: return .ambiguous(user: user)
        case (let found?, _), (nil, let found?): return .subject(found)
        case (nil, nil): return .unknown
        }
    }

    /// Users in the order of their names, those after the user with a ``TokenCore/SubjectRecord/Account/usernameKey``.
    package func users(afterKey key: String = "", limit: Int) async throws -> [SubjectRecord] {
        try await store.users(after: key, limit: limit)
    }

    package func hasUsers() async throws -> Bool { try await !users(limit: 1).isEmpty }

    /// Disables, enables or deletes a user.
    package func setState(of user: SubjectID, to state: SubjectRecord.State) async throws -> SetUserState.Outcome {
        try await lane.submit(SetUserState(of: user, to: state))
    }
}
