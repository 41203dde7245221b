import Accounts
import Foundation
import SQLiteStore
import TokenCore
import TokenHTTP
import TokenSigning

/// The parts that every command needs, put together from the configuration. The one place that picks the store.
struct Assembly: Sendable {
    let configuration: Configuration
    let store: SQLiteStore
    let masterKeys: MasterKeyRing
    let sealer: KeySealer
    let sessions: SessionService

    static let systemClock: Clock = {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(milliseconds: Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000)
    }

    /// Opens the store, bringing its schema up to date, and reads the master key, making it on the first start.
    ///
    /// - Parameter migrate: false to refuse a database that is not up to date, for commands that only look.
    init(_ configuration: Configuration, migrate: Bool = true) async throws {
        self.configuration = configuration
        try PrivateFile.createFolder(configuration.dataDirectory)
        store = try SQLiteStore(
            path: configuration.databasePath, cacheKiB: configuration.databaseCacheKiB, migrate: migrate)
        masterKeys = try configuration.masterKey.load(mayMake: try await store.signingKeys().isEmpty)
        sealer = KeySealer(masterKeys)
        let rules = SessionRules(
            rotation: RotationRule(policy: configuration.rotation, keys: RefreshTokenKeys(masterKeys)),
            accessTokenLifetimeSeconds: configuration.accessTokenLifetimeSeconds)
        sessions = SessionService(
            store: store, lane: CommitLane(store: store, rules: rules, clock: Assembly.systemClock), rules: rules,
            clock: Assembly.systemClock)
    }

    func accounts() throws -> AccountService {
        AccountService(
            sessions: sessions,
            hasher: try PasswordHasher(
                parameters: configuration.passwordHash, concurrency: configuration.maxConcurrentHashes),
            policy: configuration.passwordPolicy,
            throttle: LoginThrottle(
                perAccount: configuration.loginsPerAccount, perAddress: configuration.loginsPerAddress,
                windowSeconds: configuration.loginWindowSeconds))
    }

    /// Moves the key ring on, making the keys that it may need.
    @discardableResult
    func rotateSigningKeys(_ trigger: RotateSigningKeys.Trigger) async throws -> RotateSigningKeys.Outcome {
        // Under another master key the new keys could not be read by anyone who reads the old ones.
        for record in try await store.signingKeys() { _ = try sealer.open(record) }
        let now = Assembly.systemClock()
        let candidates = [
            try sealer.generate(configuration.algorithm, at: now),
            try sealer.generate(configuration.algorithm, at: now),
        ]
        return try await sessions.lane.submit(
            RotateSigningKeys(trigger, candidates: candidates, retentionSeconds: Assembly.keyRetentionSeconds))
    }

    /// Whether the schedule, or a change of algorithm in the configuration, moves the key ring on now. Cheap to ask.
    func isKeyRotationDue() async throws -> Bool {
        let step = RotateSigningKeys.step(
            configuration.keySchedule, for: try await store.signingKeys(),
            algorithm: configuration.algorithm.rawValue, at: Assembly.systemClock())
        return step != .nothing
    }

    /// The longest that any access token may live, and a minute for clocks that differ.
    private static let keyRetentionSeconds = 3600 + 60

    /// A user by name or by subject id.
    func user(_ name: String) async throws -> Subject {
        if let key = Username(name)?.key, let user = try await store.subject(usernameKey: key) { return user }
        if let user = try await store.subject(SubjectID(name)) { return user }
        throw CommandFailure("there is no user or subject \"\(name)\"")
    }
}

/// A command that could not do what was asked.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
