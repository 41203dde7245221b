package import TokenCore

extension SessionService {
    /// A user of this service, by subject id or by name.
    package func user(_ name: String) async throws -> SubjectRecord? {
        if let user = try await store.subject(SubjectID(name)), user.account != nil { return user }
        guard let key = Username(name)?.key else { return nil }
        return try await store.subject(usernameKey: key)
    }

    /// Anybody who has sessions: a user by subject id or name, and anybody else by subject id. A name is the user's, even
    /// when a trusted back-end has opened sessions for a subject that is called the same.
    package func subject(_ name: String) async throws -> SubjectRecord? {
        if let user = try await user(name) { return user }
        return try await store.subject(SubjectID(name))
    }
}
