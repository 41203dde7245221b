package import SessionEngine
package import TokenCore

/// The operations on users and outside subjects that need no password.
package struct UserDirectory: Sendable {
    private let store: any Store
    private let lane: CommitLane

    package init(store: any Store, lane: CommitLane) {
        self.store = store
        self.lane = lane
    }

    /// A user, by subject id or by name.
    ///
    /// - Throws: ``AmbiguousUsername``
    package func user(_ name: String) async throws -> SubjectRecord? {
        if let user = try await store.subject(SubjectID(name)), user.account != nil { return user }
        return try await user(named: name)
    }

    /// - Throws: ``AmbiguousUsername``
    private func user(named name: String) async throws -> SubjectRecord? {
        guard let keys = GivenName(name)?.keys else { return nil }
        let found = try await store.subjects(named: keys)
        guard found.count > 1, keys.choose(among: found) == nil else { return keys.choose(among: found) }
        throw AmbiguousUsername(users: found)
    }

    /// A user, by name, in one look-up; nil when the name is that of two users.
    package func user(_ keys: UsernameKeys) async throws -> SubjectRecord? {
        keys.choose(among: try await store.subjects(named: keys))
    }

    /// A user or an outside subject, by its id.
    package func subject(_ id: SubjectID) async throws -> SubjectRecord? { try await store.subject(id) }

    /// The one-time link with this hash. It may have expired.
    func link(_ hash: TokenHash) async throws -> OneTimeLink? { try await store.oneTimeLink(hash) }

    /// The subject that a list is asked for: the subject with this id, or, when there is none, the user of this name.
    ///
    /// - Returns: `name` itself when there is neither. Events outlive their subject.
    package func subjectID(named name: String) async throws -> SubjectID {
        let id = SubjectID(name)
        if try await store.subject(id) != nil { return id }
        return try await user(named: name)?.id ?? id
    }

    /// What somebody at a command line calls a subject.
    package enum NamedSubject: Sendable {
        case subject(SubjectRecord)
        /// It is the name of this user, and the id of another subject.
        case ambiguous(user: SubjectRecord)
        case unknown
    }

    /// A user by subject id or by name, or an outside subject by its id.
    ///
    /// - Throws: ``AmbiguousUsername``
    package func subject(named name: String) async throws -> NamedSubject {
        let subject = try await store.subject(SubjectID(name))
        switch (subject, try await user(named: name)) {
        case (let subject?, let user?) where subject.id != user.id: return .ambiguous(user: user)
        case (let found?, _), (nil, let found?): return .subject(found)
        case (nil, nil): return .unknown
        }
    }

    /// Users, first those with a name in the order of their names, then those without one in the order of their ids.
    package func users(after position: UserPosition = .name(""), limit: Int) async throws -> [SubjectRecord] {
        switch position {
        case .id(let id): return try await store.usersWithoutName(after: id, limit: limit)
        case .name(let key):
            let named = try await store.users(after: key, limit: limit)
            guard named.count < limit else { return named }
            return named + (try await store.usersWithoutName(after: nil, limit: limit - named.count))
        }
    }

    /// The position behind the user whom a list names last: by name, or by id one without a name.
    package func position(behind name: String) async throws -> UserPosition {
        let key = GivenName(name)?.keys.exact ?? ""
        // An older user may have a name that is shaped like an id.
        guard UUIDv7(name) != nil, try await store.subjects(named: UsernameKeys(exact: key, folded: key)).isEmpty else {
            return .name(key)
        }
        return .id(SubjectID(name))
    }

    /// Renames a user.
    package func rename(_ user: SubjectID, to name: Username) async throws -> RenameUser.Outcome {
        try await lane.submit(RenameUser(user, to: name.text, keys: name.keys))
    }

    /// Lets a user log in at once after too many failed attempts.
    package func unlock(_ user: SubjectID) async throws -> UnlockUser.Outcome {
        try await lane.submit(UnlockUser(user))
    }

    /// Creates users who come from another system: all of them, or none.
    package func importUsers(_ users: [ImportUsers.User]) async throws -> ImportUsers.Outcome {
        try await lane.submit(ImportUsers(users))
    }

    /// Replaces the claims of a user or of an outside subject.
    package func setClaims(
        of subject: SetClaims.Subject, to claims: Claims?, isImmediate: Bool, address: String? = nil
    ) async throws -> SetClaims.Outcome {
        try await lane.submit(SetClaims(of: subject, to: claims, isImmediate: isImmediate, address: address))
    }

    package func hasUsers() async throws -> Bool { try await !users(limit: 1).isEmpty }

    /// Disables, enables or deletes a user.
    package func setState(of user: SubjectID, to state: SubjectRecord.State) async throws -> SetUserState.Outcome {
        try await lane.submit(SetUserState(of: user, to: state))
    }
}

// MARK: - Names of older users

extension UserDirectory {
    /// Stores the folded names of users that were created before names were folded. At most starts it finds none.
    package func foldNames() async throws {
        while true {
            let users = try await store.usersWithoutFoldedName(limit: 500)
            if users.isEmpty { return }
            try await lane.submit(
                FoldUsernames(
                    Dictionary(
                        uniqueKeysWithValues: users.map { user in
                            let exact = user.account?.usernameKey ?? ""
                            // The name itself stays as it was stored.
                            let folded = GivenName(user.account?.username ?? "")?.keys.folded ?? exact
                            return (user.id, UsernameKeys(exact: exact, folded: folded))
                        })))
        }
    }

    /// Users whose name is equal to another user's, at most `limit`. Each of them logs in with the spelling as stored.
    package func usersOfEqualNames(limit: Int) async throws -> [SubjectRecord] {
        try await store.usersWithSharedFoldedName(limit: limit)
    }

    /// Users whose name no new user can have, at most `limit`. Reads all users.
    package func usersOfInvalidNames(limit: Int) async throws -> [SubjectRecord] {
        var found: [SubjectRecord] = []
        var last = ""
        while found.count < limit {
            let page = try await store.users(after: last, limit: 1000)
            found += page.filter { Username($0.account?.username ?? "") == nil }
            guard page.count == 1000, let key = page.last?.account?.usernameKey else { break }
            last = key
        }
        return Array(found.prefix(limit))
    }
}

extension UsernameKeys {
    /// The user who is meant: the one whose name is spelled so, else the only one. Nil when there is none, or more than
    /// one.
    fileprivate func choose(among users: [SubjectRecord]) -> SubjectRecord? {
        users.first { $0.account?.usernameKey == exact } ?? (users.count == 1 ? users[0] : nil)
    }
}
