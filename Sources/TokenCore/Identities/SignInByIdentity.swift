/// Opens a session for the person whom a provider has authenticated. A person who comes for the first time may get a
/// subject.
///
/// When two nodes sign in one new person at once, the key of `identities` lets one of them create the subject. The
/// other one's transaction begins anew and finds it.
package struct SignInByIdentity: Command {
    package var identity: Identity
    /// The provider's session; nil when its ID token had no `sid`.
    package var upstream: UpstreamSessionID?
    /// The attempt or the ID token. It is used up, unless the outcome is ``Outcome/unknownClient`` or
    /// ``Outcome/refusedProof(_:)``.
    package var use: UsedOnce
    package var signUp: SignUp
    /// The provider's id, for the audit trail.
    package var provider: String
    /// Opens the session of the subject that has the identity.
    package var open: OpenSession
    package var subjectRandom: RandomBytes<16>

    /// Whether a person who comes for the first time gets a subject.
    package enum SignUp: String, Sendable, CaseIterable { case automatic, known }

    /// What a session is opened with.
    package struct Opening: Sendable {
        package var client: ClientID
        package var scope: Scope
        package var device: Device
        /// When the provider authenticated the person; nil for now.
        package var authenticatedAt: Timestamp?
        /// Whether the provider was asked to authenticate the person anew (`max_age=0`).
        package var isFreshlyAuthenticated: Bool
        /// Whether a browser keeps the session when it is closed.
        package var isRemembered: Bool
        package var binding: OpenSession.Binding

        package init(
            client: ClientID, scope: Scope, device: Device, authenticatedAt: Timestamp? = nil,
            isFreshlyAuthenticated: Bool = false, isRemembered: Bool = true, binding: OpenSession.Binding = .none
        ) {
            self.client = client
            self.scope = scope
            self.device = device
            self.authenticatedAt = authenticatedAt
            self.isFreshlyAuthenticated = isFreshlyAuthenticated
            self.isRemembered = isRemembered
            self.binding = binding
        }
    }

    package enum Outcome: Sendable {
        /// As ``OpenSession/Outcome/opened(_:_:at:)``.
        case opened(Session, RefreshToken, at: Timestamp)
        /// The attempt or the ID token was used before.
        case used
        /// No subject has the identity, and none is created.
        case unknownIdentity
        /// The subject is disabled or deleted.
        case notAllowed
        /// No client of this id is registered. The attempt was not used.
        case unknownClient
        /// As ``OpenSession/Outcome/refusedProof(_:)``. The attempt was not used.
        case refusedProof(ProofFault)
    }

    package init(
        by identity: Identity, in upstream: UpstreamSessionID?, use: UsedOnce, signUp: SignUp, provider: String,
        opening: Opening, entropy: Entropy
    ) {
        self.identity = identity
        self.upstream = upstream
        self.use = use
        self.signUp = signUp
        self.provider = provider
        subjectRandom = entropy.bytes()
        open = OpenSession(
            subject: .unknown, evidence: .federated(provider: provider, isFresh: opening.isFreshlyAuthenticated),
            client: opening.client, scope: opening.scope, device: opening.device, authenticationMethods: ["fed"],
            authenticatedAt: opening.authenticatedAt, isRemembered: opening.isRemembered, binding: opening.binding,
            entropy: entropy)
    }

    package func prefetch(into keys: inout RowKeys) {
        keys.identities.insert(identity.id)
        keys.uses.insert(use)
        keys.clients.insert(open.client)
        if case .proven(let proof) = open.binding { keys.uses.insert(proof.use) }
    }

    package func apply(to transaction: inout Transaction) throws -> Outcome {
        guard let client = try transaction.client(open.client) else { return .unknownClient }
        if let fault = try open.binding.fault(for: client, in: transaction) { return .refusedProof(fault) }
        guard try transaction.useOnce(use) else { return .used }
        let known = try transaction.identity(identity.id)
        var open = open
        if let known {
            guard let record = try transaction.subject(known.subject), record.account != nil, record.state == .active
            else { return refuse(.notAllowed, known.subject, in: &transaction) }
            open.subject = record.id
        } else {
            guard signUp == .automatic else { return refuse(.unknownIdentity, nil, in: &transaction) }
            open.subject = createSubject(in: &transaction)
        }
        // The subject is active, the client registered, and the proof counts: nothing else can come of it.
        guard case .opened(let session, let token, let time) = try open.apply(to: &transaction) else {
            return .notAllowed
        }
        try transaction.use(identity, of: open.subject)
        transaction.open(UpstreamSessionRecord(identity: identity.id, upstream: upstream), of: session.id)
        return .opened(session, token, at: time)
    }

    private func createSubject(in transaction: inout Transaction) -> SubjectID {
        let id = SubjectID(UUIDv7(at: transaction.now, random: subjectRandom).description)
        transaction.save(SubjectRecord(id: id, createdAt: transaction.now, account: SubjectRecord.Account()))
        transaction.record(
            EventRecord(.userCreated, at: transaction.now, subject: id, address: open.device.address, detail: provider))
        return id
    }

    private func refuse(_ outcome: Outcome, _ subject: SubjectID?, in transaction: inout Transaction) -> Outcome {
        transaction.record(
            EventRecord(
                .loginFailed, at: transaction.now, subject: subject, client: open.client,
                address: open.device.address, detail: provider))
        return outcome
    }
}
