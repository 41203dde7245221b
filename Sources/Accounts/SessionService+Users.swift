package import TokenCore

extension SessionService {
    /// A user of this service, by subject id or by name.
    package func user(_ name: String) async throws -> Subject? {
        if let user = try await store.subject(SubjectID(name)), user.account != nil { return user }
        guard let key = Username(name)?.key else { return nil }
        return try await store.subject(usernameKey: key)
    }

    /// Anybody who has sessions: by subject id, a user also by name.
    package func subject(_ name: String) async throws -> Subject? {
        if let subject = try await store.subject(SubjectID(name)) { return subject }
        return try await user(name)
    }
}
