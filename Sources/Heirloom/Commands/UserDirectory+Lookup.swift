import Accounts
import TokenCore

extension UserDirectory {
    /// A user, by name or subject id.
    ///
    /// - Throws: ``CommandFailure`` when there is none, and when the name is also another user's, or the id of another
    ///   subject.
    func existingUser(_ name: String) async throws -> SubjectRecord {
        guard let subject = try await found(name), subject.account != nil else {
            throw CommandFailure("there is no user \"\(name)\"")
        }
        return subject
    }

    /// A user, by name or subject id, or the id of a user who was deleted.
    ///
    /// - Throws: ``CommandFailure`` when there is more than one user of this name, or none and it is no id.
    func formerUser(_ name: String) async throws -> SubjectID {
        if UUIDv7(name) != nil, try await user(name) == nil { return SubjectID(name) }
        return try await existingUser(name).id
    }

    /// The subject of events, which may have been deleted: as ``existingSubject(_:)``, or the id that `name` is.
    ///
    /// - Throws: ``CommandFailure`` when the name is a user's and the id of another subject.
    func eventSubject(_ name: String) async throws -> SubjectID {
        if case .unknown = try await subject(named: name) { return SubjectID(name) }
        return try await existingSubject(name).id
    }

    /// A user by name or subject id, or an outside subject by its id.
    ///
    /// - Throws: ``CommandFailure`` when there is none, and when the name is a user's and the id of another subject.
    func existingSubject(_ name: String) async throws -> SubjectRecord {
        guard let subject = try await found(name) else {
            throw CommandFailure("there is no user or subject \"\(name)\"")
        }
        return subject
    }

    /// The same; nil when there is none.
    ///
    /// - Throws: ``CommandFailure`` when the name is that of two users, or a user's and the id of another subject.
    func found(_ name: String) async throws -> SubjectRecord? {
        do {
            switch try await subject(named: name) {
            case .subject(let subject): return subject
            case .unknown: return nil
            case .ambiguous(let user):
                throw CommandFailure(
                    "\"\(name)\" is the name of a user and the id of another subject; for the user write the "
                        + "user's id, \(user.id), for the other subject use /admin/v1/subjects/{id}/sessions of the "
                        + "admin API")
            }
        } catch let ambiguous as AmbiguousUsername {
            throw CommandFailure("\(ambiguous)")
        }
    }
}
