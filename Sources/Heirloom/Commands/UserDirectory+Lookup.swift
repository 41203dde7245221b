import Accounts
import TokenCore

extension UserDirectory {
    /// A user, by name or subject id.
    ///
    /// - Throws: ``CommandFailure`` when there is none.
    func existingUser(_ name: String) async throws -> SubjectRecord {
        guard let user = try await user(name) else { throw CommandFailure("there is no user \"\(name)\"") }
        return user
    }

    /// A user by name or subject id, or an outside subject by its id.
    ///
    /// - Throws: ``CommandFailure`` when there is none.
    func existingSubject(_ name: String) async throws -> SubjectRecord {
        guard let subject = try await subject(name) else {
            throw CommandFailure("there is no user or subject \"\(name)\"")
        }
        return subject
    }
}
