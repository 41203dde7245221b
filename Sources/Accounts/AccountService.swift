package import TokenCore

/// Users: who may log in, and what changes them.
package struct AccountService: Sendable {
    package let sessions: SessionService
    package let hasher: PasswordHasher
    package let policy: PasswordPolicy
    private let throttle: LoginThrottle
    private let entropy: Entropy
    private let metrics = LoginMetrics()

    package init(
        sessions: SessionService, hasher: PasswordHasher, policy: PasswordPolicy, throttle: LoginThrottle,
        entropy: Entropy = .system
    ) {
        self.sessions = sessions
        self.hasher = hasher
        self.policy = policy
        self.throttle = throttle
        self.entropy = entropy
    }

    package enum LoginOutcome: Sendable {
        case opened(Session, RefreshToken)
        /// Unknown, wrong or disabled: one answer in one time.
        case refused
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
            let user = if let name { try await sessions.store.subject(usernameKey: name.key) } else { nil as SubjectRecord? }
            let isRight = try await hasher.verify(password, against: user?.account?.password)
            guard isRight, let user, let account = user.account, user.state == .active else {
                return try await refuse(user, client: client, address: address)
            }
            let outcome = try await sessions.open(
                user.id, evidence: .password(version: account.passwordVersion), client: client, scope: scope,
                device: device, authenticationMethods: ["pwd"])
            guard case .opened(let session, let token) = outcome else {
                return try await refuse(user, client: client, address: address)
            }
            await throttle.succeeded(account: key, address: address, at: sessions.clock())
            if hasher.parameters.isOutdated(account.password) { await rehash(password, of: user.id, account) }
            return .opened(session, token)
        } catch {
            // Nothing was learnt of the password.
            await throttle.refund(account: key, address: address, at: sessions.clock())
            throw error
        }
    }

    private func refuse(_ user: SubjectRecord?, client: ClientID, address: ClientAddress) async throws -> LoginOutcome {
        // The audit trail must not decide whether a login fails.
        _ = try? await sessions.lane.submit(
            RecordEvent(.loginFailed, subject: user?.id, client: client, address: address.text))
        return .refused
    }

    /// Under today's parameters; when that cannot be done now, the next login tries again.
    private func rehash(_ password: Password, of subject: SubjectID, _ account: SubjectRecord.Account) async {
        guard let fresh = try? await hasher.hash(password) else { return }
        try? await sessions.lane.submit(
            RehashPassword(of: subject, passwordVersion: account.passwordVersion, to: fresh))
    }

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
        switch try await sessions.lane.submit(CreateUser(account: account, entropy: entropy)) {
        case .created(let user): return .created(user)
        case .nameTaken: return .nameTaken
        }
    }

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
        switch try await sessions.lane.submit(command) {
        case .changed: return .changed
        case .refused(let refusal): return .refused(refusal)
        case .stale: return .wrongPassword
        }
    }

    /// An operator sets the password; ends all sessions.
    package func setPassword(of user: SubjectRecord, to new: Password) async throws -> PasswordOutcome {
        if let objection = policy.objection(to: new, username: user.account?.username ?? "") {
            return .weakPassword(objection)
        }
        let command = ChangePassword(by: .administrator(user.id), to: try await hasher.hash(new))
        switch try await sessions.lane.submit(command) {
        case .changed: return .changed
        case .refused(let refusal): return .refused(refusal)
        case .stale: return .unknownUser
        }
    }
}
