import Accounts
import Federation
import SessionEngine
import StrictCoding
import TokenCore
import TokenSigning

/// The parts of one installation, composed from its configuration.
struct Assembly: Sendable {
    let configuration: Configuration
    let store: any InstalledStore
    let masterKeys: MasterKeyRing
    let sealer: KeySealer
    let notifier = RevocationNotifier()
    let sessions: SessionService
    let clients: ClientService
    let directory: UserDirectory
    let identities: IdentityService
    let signingKeys: SigningKeyService
    let federation: FederationService
    private let lane: CommitLane

    /// Opens the store, brings its schema up to date, and reads the master key, which the first start makes.
    ///
    /// - Parameters:
    ///   - migrate: whether to bring the schema up to date. Without it, an older schema is an error.
    ///   - mayMakeMasterKey: whether a missing master key may be made for an empty database.
    ///   - mayBeLost: whether the database may be empty though there is a master key that a start has made.
    init(
        _ configuration: Configuration, migrate: Bool = true, mayMakeMasterKey: Bool = true, mayBeLost: Bool = false
    ) async throws {
        self.configuration = configuration
        try PrivateFile.createFolder(configuration.dataDirectory)
        if !mayBeLost { try configuration.requireDatabase() }
        store = try configuration.database.open(migrate: migrate)
        let isNew = try await store.signingKeys().isEmpty
        masterKeys = try configuration.masterKey.load(mayMake: isNew && mayMakeMasterKey)
        sealer = KeySealer(masterKeys)
        let rules = configuration.sessionRules(masterKeys)
        lane = CommitLane(
            store: store, rules: rules, clock: SystemClock.now, notifier: notifier, observe: SecurityLog.record)
        sessions = SessionService(store: store, lane: lane, rules: rules, clock: SystemClock.now)
        clients = ClientService(store: store, lane: lane)
        directory = UserDirectory(store: store, lane: lane)
        identities = IdentityService(store: store, lane: lane)
        signingKeys = SigningKeyService(
            store: store, lane: lane, sealer: sealer, algorithm: configuration.algorithm, clock: SystemClock.now)
        federation = FederationService(
            providers: configuration.federation.providers, issuer: configuration.issuer,
            attemptSeconds: configuration.federation.attemptSeconds,
            parts: FederationService.Parts(
                sessions: sessions, identities: identities, lane: lane, seal: AttemptSeal(masterKeys)),
            transport: HTTPUpstreamTransport())
        if migrate { try await directory.foldNames() }
    }

    /// The accounts, with a password hasher that starts threads: for commands that need passwords.
    func accounts() throws -> AccountService {
        AccountService(
            sessions: sessions, directory: directory, lane: lane,
            hasher: try PasswordHasher(
                parameters: configuration.passwordHash, concurrency: configuration.maxConcurrentHashes),
            policy: configuration.passwordPolicy,
            throttle: LoginThrottle(store.counters(configuration.loginLimits)))
    }

    /// The signing keys as they are now.
    ///
    /// - Throws: ``KeyFailure`` when a key does not decrypt or none is current.
    func keyRing() async throws -> KeyRing { try await KeyRing(store: store, sealer: sealer) }

    /// The revocation feed for the readers of this process.
    func feed() -> RevocationFeed { RevocationFeed(store: store, notifier: notifier) }

    /// What delivers the audit trail to the webhooks of the configuration.
    func webhookRunners() -> [WebhookRunner] {
        let random: RandomBytes<12> = Entropy.system.bytes()
        let parts = WebhookRunner.Parts(
            store: store, lane: lane, transport: HTTPWebhookTransport(), clock: SystemClock.now,
            notify: WebhookLog.record)
        return configuration.webhooks.map {
            WebhookRunner($0, node: Base64URL.encode(random.bytes), parts: parts)
        }
    }

    var sweeper: Sweeper { Sweeper(lane: lane) }
}

extension Configuration {
    /// The rules of sessions under these master keys.
    func sessionRules(_ masterKeys: MasterKeyRing) -> SessionRules {
        SessionRules(
            rotation: RotationRule(policy: rotation, keys: RefreshTokenKeys(masterKeys)),
            accessTokenLifetimeSeconds: accessTokenLifetimeSeconds)
    }
}
