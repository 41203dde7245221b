package import StrictCoding

/// Opens a session: the first token of a new family.
package struct OpenSession: Command {
    package var subject: SubjectID
    package var evidence: Evidence
    package var client: ClientID
    package var scope: Scope
    package var device: Device
    package var authenticationMethods: [String]
    /// When the subject was authenticated; nil for now.
    package var authenticatedAt: Timestamp?
    /// Whether a browser keeps the session when it is closed. If not, its absolute lifetime is a shorter one.
    package var isRemembered: Bool
    package var claims: Claims?
    package var binding: Binding
    package var idRandom: RandomBytes<16>
    package var secret: RandomBytes<32>

    /// How the caller knows who the subject is.
    package enum Evidence: Sendable {
        /// The password of this version was right.
        case password(version: Int)
        /// A trusted back-end vouches for the subject; nil for one that is not a registered client.
        case vouched(by: ClientID?)
        /// This provider has authenticated the person; anew if it was asked to (`max_age=0`).
        case federated(provider: String, isFresh: Bool)
    }

    /// The key that the caller holds, or the device that it acts for.
    package enum Binding: Sendable {
        case none
        case proven(KeyProof)
        /// A trusted back-end names the key of the device.
        case named(KeyThumbprint)

        /// The key; nil for none.
        package var key: KeyThumbprint? {
            switch self {
            case .none: nil
            case .proven(let proof): proof.key
            case .named(let key): key
            }
        }
    }

    package enum Outcome: Sendable {
        /// The session, its first token, and the transaction's time. An access token is issued at that time.
        case opened(Session, RefreshToken, at: Timestamp)
        /// The subject was disabled or deleted, or its password was changed, since it was read.
        case refused
        /// No client of this id is registered.
        case unknownClient
        /// The proof counted once already, or the client demands one that is missing.
        case refusedProof(ProofFault)
    }

    package init(
        subject: SubjectID, evidence: Evidence, client: ClientID, scope: Scope, device: Device,
        authenticationMethods: [String], authenticatedAt: Timestamp? = nil, isRemembered: Bool = true,
        claims: Claims? = nil, binding: Binding = .none, entropy: Entropy
    ) {
        self.subject = subject
        self.evidence = evidence
        self.client = client
        self.scope = scope
        self.device = device
        self.authenticationMethods = authenticationMethods
        self.authenticatedAt = authenticatedAt
        self.isRemembered = isRemembered
        self.claims = claims
        self.binding = binding
        idRandom = entropy.bytes()
        secret = entropy.bytes()
    }

    package func prefetch(into keys: inout RowKeys) {
        keys.subjects.insert(subject)
        keys.clients.insert(client)
        if case .proven(let proof) = binding { keys.uses.insert(proof.use) }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        let now = transaction.now
        let rule = transaction.rules.rotation
        let known = try transaction.subject(subject)
        var subject: SubjectRecord
        switch evidence {
        case .password(let version):
            guard let known, known.state == .active, known.account?.passwordVersion == version else {
                return .refused
            }
            subject = known
        case .federated:
            guard let known, known.state == .active, known.account != nil else { return .refused }
            subject = known
        case .vouched:
            subject = known ?? SubjectRecord(id: self.subject, createdAt: now)
            guard subject.state == .active else { return .refused }
        }
        // The id's time lies after the last logout-all even when the clock is slow: by it a verifier knows that the
        // logout does not concern this session.
        let id = SessionID(UUIDv7(at: max(now, subject.epoch + .millisecond), random: idRandom))
        guard let registered = try transaction.client(client) else { return .unknownClient }
        if let fault = try binding.fault(for: registered, in: transaction) { return .refusedProof(fault) }
        if case .proven(let proof) = binding { _ = try transaction.useOnce(proof.use) }
        let record = SessionRecord(
            id: id, subject: subject.id, client: client, scope: scope, device: device,
            authenticationMethods: authenticationMethods, authenticatedAt: authenticatedAt ?? now,
            isAuthenticatedHere: evidence.isOfThisService,
            // Never older than its client, even when the clock is slow: see `Session.isOfRegisteredClient`.
            createdAt: max(now, registered.createdAt),
            expiresAt: now + rule.policy.policy(for: registered).absoluteLifetimeSeconds(isRemembered: isRemembered),
            epoch: subject.epoch, isRemembered: isRemembered, claims: claims,
            // A confidential client's sessions are bound to its authentication.
            keyThumbprint: registered.isConfidential ? nil : binding.key)
        let token = rule.keys.first(of: id, secret: secret)
        let tokenRecord = RefreshTokenRecord(generation: .first, hash: token.hash, nonce: nil, rotatedAt: now)

        let ended = try transaction.endSurplusSessions(of: subject, for: client, address: device.address)
        subject.openSessions += 1 - ended
        if subject.account == nil, subject.claims == nil {
            subject.expiresAt = max(record.expiresAt, subject.expiresAt ?? record.expiresAt)
        }
        transaction.save(subject)
        let session = Session(
            record: record, token: tokenRecord, subject: Session.Subject(subject), client: registered)
        transaction.open(session)
        transaction.record(
            EventRecord(
                .login, at: now, subject: subject.id, session: id, client: client, address: device.address,
                detail: evidence.detail))
        return .opened(session, token, at: now)
    }
}

extension OpenSession.Evidence {
    fileprivate var isOfThisService: Bool {
        switch self {
        case .password: true
        case .federated(_, let isFresh): isFresh
        case .vouched: false
        }
    }

    /// The detail of the event.
    fileprivate var detail: String? {
        switch self {
        case .password: nil
        case .vouched(let client): client.map { "vouched for by \($0)" }
        case .federated(let provider, _): provider
        }
    }
}

extension OpenSession.Binding {
    /// Why no session of a client can be opened with this; nil if it can.
    func fault(for client: ClientRecord, in transaction: Transaction) throws -> ProofFault? {
        if client.requiresProof, key == nil { return .missing }
        if case .proven(let proof) = self, try transaction.isUsed(proof.use) { return .replayed }
        return nil
    }
}
