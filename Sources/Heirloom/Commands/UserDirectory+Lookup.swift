import Accounts
import TokenCore

extension UserDirectory {
    /// A user, by name or subject id.
    ///
    /// - Throws: ``CommandFailure`` when there is none, or more than one.
    func existingUser(_ name: String) async throws -> SubjectRecord {
        do {
            guard let user = try await user(name) else { throw CommandFailure("there is no user \"\(name)\"") }
            return user
        } catch let ambiguous as AmbiguousUsername {
            throw CommandFailure("\(ambiguous)")
        }
    }

    /// A user by name or subject id, or an outside subject by its id.
    ///
    /// - Throws: ``CommandFailure`` when there is none.
    func existingSubject(_ name: String) async throws -> SubjectRecord {
        do {
            guard let subject = try await subject(name) else {
                throw CommandFailure("there is no user or subject \"\(name)\"")
            }
            return subject
        } catch let ambiguous as AmbiguousUsername {
            throw CommandFailure("\(ambiguous)")
        }
    }
}
