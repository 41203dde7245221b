import Accounts
import Foundation
import TokenCore
import TokenHTTP
import TokenSigning

/// The parts that every command needs, put together from the configuration.
struct Assembly: Sendable {
    let configuration: Configuration
    let store: any InstalledStore
    let masterKeys: MasterKeyRing
    let sealer: KeySealer
    let sessions: SessionService

    static let systemClock: Clock = {
        Timestamp(milliseconds: Int64((Date.now.timeIntervalSince1970 * 1000).rounded(.down)))
    }

    /// Opens the store, bringing its schema up to date, and reads the master key, making it on the first start.
    ///
    /// - Parameters:
    ///   - migrate: false to refuse a database that is not up to date, for commands that only look.
    ///   - mayMakeMasterKey: false where a new one would be of no use.
    init(_ configuration: Configuration, migrate: Bool = true, mayMakeMasterKey: Bool = true) async throws {
        self.configuration = configuration
        try PrivateFile.createFolder(configuration.dataDirectory)
        store = try configuration.database.open(cacheKiB: configuration.databaseCacheKiB, migrate: migrate)
        let isNew = try await store.signingKeys().isEmpty
        masterKeys = try configuration.masterKey.load(mayMake: isNew && mayMakeMasterKey)
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
            throttle: LoginThrottle(store.counters(configuration.loginLimits)))
    }

    /// What moves the signing keys on.
    var signingKeys: SigningKeyService {
        SigningKeyService(sessions: sessions, sealer: sealer, algorithm: configuration.algorithm)
    }

    var clients: ClientService { ClientService(sessions: sessions) }

    /// A user by subject id or by name.
    func user(_ name: String) async throws -> SubjectRecord {
        guard let user = try await sessions.user(name) else { throw CommandFailure("there is no user \"\(name)\"") }
        return user
    }

    /// Anybody who has sessions, by subject id; a user also by name.
    func subject(_ name: String) async throws -> SubjectRecord {
        guard let subject = try await sessions.subject(name) else {
            throw CommandFailure("there is no user or subject \"\(name)\"")
        }
        return subject
    }
}

/// A command that could not do what was asked.
struct CommandFailure: Error, CustomStringConvertible {
    let description: String

    init(_ description: String) { self.description = description }
}
