package import SessionEngine
package import TokenCore

/// Logs users in, creates them and changes their passwords.
package struct AccountService: Sendable {
    package let sessions: SessionService
    package let directory: UserDirectory
    package let policy: PasswordPolicy
    private let lane: CommitLane
    private let hasher: PasswordHasher
    private let throttle: LoginThrottle
    private let entropy: Entropy
    private let metrics = LoginMetrics()

    package init(
        sessions: SessionService, directory: UserDirectory, lane: CommitLane, hasher: PasswordHasher,
        policy: PasswordPolicy, throttle: LoginThrottle, entropy: Entropy = .system
    ) {
        self.sessions = sessions
        self.directory = directory
        self.lane = lane
        self.hasher = hasher
        self.policy = policy
        self.throttle = throttle
        self.entropy = entropy
    }

    package enum LoginOutcome: Sendable {
        /// As ``TokenCore/OpenSession/Outcome/opened(_:_:at:)``.
        case opened(Session, RefreshToken, at: Timestamp)
        /// An unknown user, a wrong password and a disabled user are the same outcome and take the same time.
        case refused
        /// The client was removed since it was looked up. Nothing was counted.
        case unknownClient
        case throttled(retryAfterSeconds: Int)
    }

    /// Checks a password and opens a session.
    ///
    /// - Throws: ``PasswordHasher/Busy``, ``TokenCore/Unavailable`` or what the store throws.
    package func login(
        username: String, password: Password, client: ClientID, scope: Scope, device: Device,
        from address: ClientAddress
    ) async throws -> LoginOutcome {
        try await metrics.counting {
            try await attempt(
                username: username, password: password, client: client, scope: scope, device: device, from: address)
        }
    }

    private func attempt(
        username: String, password: Password, client: ClientID, scope: Scope, device: Device,
        from address: ClientAddress
    ) async throws -> LoginOutcome {
        let name = Username(username)
        let key = name?.key ?? username
        if let wait = try await throttle.take(account: key, address: address, at: sessions.clock()) {
            return .throttled(retryAfterSeconds: wait)
        }
        do {
            let user = if let name { try await directory.user(name) } else { nil as SubjectRecord? }
            let isRight = try await hasher.verify(password, against: user?.account?.password)
            guard isRight, let user, let account = user.account, user.state == .active else {
                return try await refuse(user, client: client, address: address)
            }
            let outcome = try await sessions.open(
                user.id, evidence: .password(version: account.passwordVersion), client: client, scope: scope,
                device: device, authenticationMethods: ["pwd"])
            switch outcome {
            case .opened(let session, let token, let time):
                await throttle.succeeded(account: key, address: address, at: sessions.clock())
                if hasher.parameters.isOutdated(account.password) { await rehash(password, of: user.id, account) }
                return .opened(session, token, at: time)
            case .refused: return try await refuse(user, client: client, address: address)
            case .unknownClient:
                await throttle.refund(account: key, address: address, at: sessions.clock())
                return .unknownClient
            }
        } catch {
            // The password was not checked.
            await throttle.refund(account: key, address: address, at: sessions.clock())
            throw error
        }
    }

    private func refuse(_ user: SubjectRecord?, client: ClientID, address: ClientAddress) async throws -> LoginOutcome {
        // The audit trail must not decide whether a login fails.
        _ = try? await lane.submit(
            RecordEvent(.loginFailed, subject: user?.id, client: client, address: address.text))
        return .refused
    }

    /// Hashes the password with the configured parameters. If that fails, the next login tries again.
    private func rehash(_ password: Password, of subject: SubjectID, _ account: SubjectRecord.Account) async {
        guard let fresh = try? await hasher.hash(password) else { return }
        try? await lane.submit(
            RehashPassword(of: subject, passwordVersion: account.passwordVersion, to: fresh))
    }

    /// How many password hashes are under way or wait.
    package var pendingHashes: Int { hasher.depth }

    package func shutdown() async throws { try await hasher.shutdown() }
}

// MARK: - Creating users

extension AccountService {
    package enum CreationOutcome: Sendable {
        case created(SubjectRecord)
        case nameTaken
        case invalidName
        case weakPassword(String)
    }

    package func create(username: String, password: Password) async throws -> CreationOutcome {
        guard let name = Username(username) else { return .invalidName }
        if let objection = policy.objection(to: password, username: name.text) { return .weakPassword(objection) }
        let account = SubjectRecord.Account(
            username: name.text, usernameKey: name.key, password: try await hasher.hash(password))
        switch try await lane.submit(CreateUser(account: account, entropy: entropy)) {
        case .created(let user): return .created(user)
        case .nameTaken: return .nameTaken
        }
    }

}

// MARK: - Passwords

extension AccountService {
    package enum PasswordOutcome: Sendable {
        case changed
        case wrongPassword
        case weakPassword(String)
        case throttled(retryAfterSeconds: Int)
        case refused(Refusal)
        case unknownUser
    }

    /// The owner changes the password, showing the current one; ends all other sessions.
    package func changePassword(
        of session: Session, from current: Password, to new: Password, address: ClientAddress
    ) async throws -> PasswordOutcome {
        guard let account = session.subject.account else { return .unknownUser }
        if let wait = try await throttle.take(account: account.usernameKey, address: address, at: sessions.clock()) {
            metrics.throttledAChange()
            return .throttled(retryAfterSeconds: wait)
        }
        do {
            guard try await hasher.verify(current, against: account.password) else { return .wrongPassword }
            await throttle.refund(account: account.usernameKey, address: address, at: sessions.clock())
        } catch {
            await throttle.refund(account: account.usernameKey, address: address, at: sessions.clock())
            throw error
        }
        if let objection = policy.objection(to: new, username: account.username) { return .weakPassword(objection) }
        let command = ChangePassword(
            by: .owner(session.record.id, passwordVersion: account.passwordVersion), to: try await hasher.hash(new),
            address: address.text)
        switch try await lane.submit(command) {
        case .changed: return .changed
        case .refused(let refusal): return .refused(refusal)
        case .stale: return .wrongPassword
        }
    }

    /// An administrator sets the password; ends all sessions.
    package func setPassword(of user: SubjectRecord, to new: Password) async throws -> PasswordOutcome {
        if let objection = policy.objection(to: new, username: user.account?.username ?? "") {
            return .weakPassword(objection)
        }
        let command = ChangePassword(by: .administrator(user.id), to: try await hasher.hash(new))
        switch try await lane.submit(command) {
        case .changed: return .changed
        case .refused(let refusal): return .refused(refusal)
        case .stale: return .unknownUser
        }
    }
}
