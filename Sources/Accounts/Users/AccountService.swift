package import SessionEngine
package import TokenCore

/// Logs users in, creates them and changes their passwords.
package struct AccountService: Sendable {
    package let sessions: SessionService
    package let directory: UserDirectory
    package let policy: PasswordPolicy
    let lane: CommitLane
    let hasher: PasswordHasher
    let throttle: LoginThrottle
    let entropy: Entropy
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
        /// As ``TokenCore/OpenSession/Outcome/refusedProof(_:)``. Nothing was counted.
        case refusedProof(ProofFault)
    }

    /// Checks a password and opens a session.
    ///
    /// - Parameter isRemembered: whether a browser keeps the session when it is closed.
    /// - Throws: ``PasswordHasher/Busy``, ``TokenCore/Unavailable`` or what the store throws.
    package func login(
        username: String, password: Password, client: ClientID, scope: Scope, device: Device,
        isRemembered: Bool = true, binding: OpenSession.Binding = .none, from address: ClientAddress
    ) async throws -> LoginOutcome {
        try await metrics.counting {
            try await attempt(
                username: username, password: password, client: client, scope: scope, device: device,
                isRemembered: isRemembered, binding: binding, from: address)
        }
    }

    private func attempt(
        username: String, password: Password, client: ClientID, scope: Scope, device: Device,
        isRemembered: Bool, binding: OpenSession.Binding, from address: ClientAddress
    ) async throws -> LoginOutcome {
        var user: SubjectRecord?
        // A name that no user can have is looked up too, so that the answer takes as long.
        let admission = try await throttle.take(from: address, at: sessions.clock()) {
            let keys = GivenName(username)?.keys ?? .none
            user = try await directory.user(keys)
            let unknown = AttemptAccount(unknown: keys == .none ? username.utf8 : keys.folded.utf8)
            return user.flatMap { AttemptAccount($0) } ?? unknown
        }
        let attempt: LoginAttempt
        switch admission {
        case .admitted(let admitted): attempt = admitted
        case .wait(let seconds): return .throttled(retryAfterSeconds: seconds)
        }
        do {
            let isRight = try await hasher.verify(
                password, against: user?.account?.password, for: .visitor(of: attempt))
            guard isRight, let user, let account = user.account, user.state == .active else {
                return try await refuse(user, client: client, address: address)
            }
            let outcome = try await sessions.open(
                user.id, evidence: .password(version: account.passwordVersion), client: client, scope: scope,
                device: device, authenticationMethods: ["pwd"], isRemembered: isRemembered, binding: binding)
            switch outcome {
            case .opened(let session, let token, let time):
                await throttle.succeeded(attempt, at: sessions.clock())
                if let hash = account.password, hasher.parameters.isOutdated(hash) {
                    await rehash(password, of: user.id, account, for: .visitor(of: attempt))
                }
                return .opened(session, token, at: time)
            case .refused: return try await refuse(user, client: client, address: address)
            case .unknownClient:
                await throttle.refund(attempt, at: sessions.clock())
                return .unknownClient
            case .refusedProof(let fault):
                await throttle.refund(attempt, at: sessions.clock())
                return .refusedProof(fault)
            }
        } catch {
            await refundUnchecked(attempt, because: error)
            throw error
        }
    }

    private func refuse(_ user: SubjectRecord?, client: ClientID, address: ClientAddress) async throws -> LoginOutcome {
        // The audit trail must not decide whether a login fails.
        _ = try? await lane.submit(
            RecordEvent(.loginFailed, subject: user?.id, client: client, address: address.text))
        return .refused
    }

    /// Removes an attempt whose password was not checked. One that the full queue refused counts for its address.
    func refundUnchecked(_ attempt: LoginAttempt, because error: any Error) async {
        if error is PasswordHasher.Busy {
            await throttle.refundAccountOnly(attempt, at: sessions.clock())
        } else {
            await throttle.refund(attempt, at: sessions.clock())
        }
    }

    /// Hashes the password with the configured parameters. If that fails, the next login tries again.
    private func rehash(
        _ password: Password, of subject: SubjectID, _ account: SubjectRecord.Account,
        for applicant: HashPlaces.Applicant
    ) async {
        guard let fresh = try? await hasher.hash(password, for: applicant) else { return }
        try? await lane.submit(
            RehashPassword(of: subject, passwordVersion: account.passwordVersion, to: fresh))
    }

    /// Counts an attempt to sign in without a password, for its address.
    ///
    /// - Returns: nil when it may be made, else the seconds until one may.
    package func countAttempt(from address: ClientAddress) async throws -> Int? {
        try await throttle.take(address, at: sessions.clock())
    }

    /// Removes an attempt to sign in without a password that succeeded, or could not be made.
    package func refundAttempt(from address: ClientAddress) async {
        await throttle.refund(address, at: sessions.clock())
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
        case weakPassword(PasswordPolicy.Objection)
    }

    /// - Parameter password: nil for a user who sets one by a one-time link.
    package func create(username: String, password: Password?) async throws -> CreationOutcome {
        guard let name = Username(username) else { return .invalidName }
        var hash: PasswordHash?
        if let password {
            if let objection = policy.objection(to: password, username: name.text) { return .weakPassword(objection) }
            hash = try await hasher.hash(password, for: .service)
        }
        let account = SubjectRecord.Account(
            username: name.text, usernameKey: name.keys.exact, foldedUsername: name.keys.folded, password: hash)
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
        case weakPassword(PasswordPolicy.Objection)
        case throttled(retryAfterSeconds: Int)
        case refused(Refusal)
        /// The subject is no user, or a user without a password.
        case noPassword
    }

    /// The owner changes the password, showing the current one; ends all other sessions.
    package func changePassword(
        of session: Session, from current: Password, to new: Password, address: ClientAddress
    ) async throws -> PasswordOutcome {
        let user = try await directory.subject(session.subject.id)
        // A change of the password since the session was read may have ended it.
        if case .refused(let refusal, _) = try await sessions.status(of: session.id) { return .refused(refusal) }
        guard let user, let counted = AttemptAccount(user), let account = user.account, let hash = account.password
        else { return .noPassword }
        let attempt: LoginAttempt
        switch try await throttle.take(from: address, at: sessions.clock(), account: { counted }) {
        case .admitted(let admitted): attempt = admitted
        case .wait(let seconds):
            metrics.throttledAChange()
            return .throttled(retryAfterSeconds: seconds)
        }
        let applicant = HashPlaces.Applicant.visitor(of: attempt)
        do {
            guard try await hasher.verify(current, against: hash, for: applicant) else {
                // The audit trail must not decide whether a change fails.
                _ = try? await lane.submit(
                    RecordEvent(
                        .passwordChangeFailed, subject: session.subject.id, session: session.id,
                        client: session.record.client, address: address.text))
                return .wrongPassword
            }
            await throttle.refund(attempt, at: sessions.clock())
        } catch {
            await refundUnchecked(attempt, because: error)
            throw error
        }
        if let objection = policy.objection(to: new, username: account.username ?? "") {
            return .weakPassword(objection)
        }
        let command = ChangePassword(
            by: .owner(session.record.id, passwordVersion: account.passwordVersion),
            to: try await hasher.hash(new, for: applicant), address: address.text)
        switch try await lane.submit(command) {
        case .changed: return .changed
        case .refused(let refusal): return .refused(refusal)
        case .stale: return .wrongPassword
        }
    }

    /// An administrator sets the password; ends all sessions, and begins a new count of attempts.
    package func setPassword(of user: SubjectRecord, to new: Password) async throws -> PasswordOutcome {
        if let objection = policy.objection(to: new, username: user.account?.username ?? "") {
            return .weakPassword(objection)
        }
        let command = ChangePassword(by: .administrator(user.id), to: try await hasher.hash(new, for: .service))
        switch try await lane.submit(command) {
        case .changed: return .changed
        case .refused(let refusal): return .refused(refusal)
        case .stale: return .noPassword
        }
    }
}

extension HashPlaces.Applicant {
    static func visitor(of attempt: LoginAttempt) -> HashPlaces.Applicant {
        .visitor(network: attempt.address.network, isFamiliar: attempt.isFamiliar)
    }
}
