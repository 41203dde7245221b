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

    /// A subject that may have sessions: a user by subject id or by name, and an outside subject by its id. A name is
    /// the user's, even when an outside subject's id is the same.
    package func subject(_ name: String) async throws -> SubjectRecord? {
        if let user = try await user(name) { return user }
        return try await store.subject(SubjectID(name))
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
