import Accounts
import Federation
import Foundation
import Logging
import SessionEngine
import Synchronization
import TokenCore
import TokenHTTP
import TokenPages

/// The configuration, checked and typed.
struct Configuration: Sendable {
    let issuer: String
    let audience: [String]
    let dataDirectory: String
    let masterKey: MasterKeySource
    let listener: PublicListener.Options
    /// How long the public listener goes on serving after SIGTERM before it drains.
    let drainSeconds: Int
    /// Nil for no admin listener.
    let adminListener: AdminListener.Options?
    let database: DatabaseLocation
    let accessTokenLifetimeSeconds: Int
    /// The algorithm of new signing keys.
    let algorithm: SigningAlgorithm
    let rotation: RotationPolicy
    let keySchedule: RotateSigningKeys.Trigger
    let passwordHash: Argon2id
    let passwordPolicy: PasswordPolicy
    let maxConcurrentHashes: Int
    let loginLimits: LoginLimits
    let federation: FederationSettings
    let branding: Branding
    let webhooks: [Webhook]
    let logLevel: Logger.Level
    let logFormat: LogFormat
    let warnings: [String]
    /// Those of the files that the configuration was read from that hold a key or a password.
    let filesWithSecrets: [String]

    var adminTokenFile: String { dataDirectory + "/admin.token" }

    /// Reads a file, the environment and the flags of this process.
    ///
    /// - Parameter isForListeners: whether each listener's name must have an address, and the logo is read. Needed by
    ///   commands that open listeners: a look-up of an address may take seconds, and no other command shows the logo.
    /// - Throws: ``ConfigurationMistakes``, which lists every mistake with its path.
    static func load(
        file: String, environment: [String: String] = ProcessInfo.processInfo.environment, isForListeners: Bool = false
    ) throws -> Configuration {
        guard let contents = FileManager.default.contents(atPath: file) else {
            throw ConfigurationMistakes(mistakes: [
                "\(file): the file cannot be read; name another one with --config FILE"
            ])
        }
        var reader = ConfigurationReader(
            file: file, contents: Array(contents), environment: environment,
            flags: ConfigurationFlags.given.withLock { $0 }, isForListeners: isForListeners)
        return try Configuration(&reader)
    }

    private init(_ reader: inout ConfigurationReader) throws {
        issuer = reader[Key.issuer]
        if !Configuration.isIssuer(issuer) {
            // What is before an @ may be a password.
            let found = issuer.contains("@") ? "a user" : "\"\(issuer)\""
            reader.refuse(
                Key.issuer.path, "expected an http or https URL without user, query and fragment, found \(found)")
        }
        if WebOrigin(of: issuer)?.isTrustworthy == false {
            reader.warn(
                Key.issuer.path,
                "browsers keep no cookies of \(issuer), because it is plain http and not on this machine, so nobody "
                    + "can sign in with a browser; serve TLS (http.tls, or a proxy) and write https://…")
        }
        audience = reader[Key.audience]
        if audience.isEmpty || audience.contains("") {
            reader.refuse(Key.audience.path, "expected at least one name of an API, and none that is empty")
        }
        dataDirectory = reader.path(Key.dataDirectory)
        masterKey = MasterKeySource(&reader)
        listener = PublicListener.Options(&reader)
        drainSeconds = reader[Key.drainSeconds]
        adminListener = AdminListener.Options(&reader)
        for key in [
            Key.dataDirectory, MasterKeySource.Key.file, DatabaseLocation.Key.urlFile,
            PublicListener.Options.Key.certificateFile, PublicListener.Options.Key.privateKeyFile,
            Branding.Key.logoFile,
        ] {
            reader.requirePath(reader[key], key)
        }
        for file in reader[MasterKeySource.Key.previousFiles] {
            reader.requirePath(file, MasterKeySource.Key.previousFiles)
        }
        if ConfigurationReader.isFolder(dataDirectory) == false {
            reader.refuse(Key.dataDirectory.path, "\(dataDirectory) is a file; write the path of a folder")
        }
        let database = DatabaseLocation(&reader)
        accessTokenLifetimeSeconds = reader[Key.accessTokenLifetimeSeconds]
        if accessTokenLifetimeSeconds > 900 {
            reader.warn(
                Key.accessTokenLifetimeSeconds.path,
                "\(accessTokenLifetimeSeconds) s is long; an API that does not follow the revocation feed accepts the "
                    + "access tokens of a session that was ended until they expire")
        }
        algorithm = reader[Key.algorithm]
        if algorithm == .mldsa65 {
            reader.warn(
                Key.algorithm.path,
                "\(algorithm.rawValue) is a post-quantum algorithm; some verifiers refuse the whole key set when it "
                    + "has such a key, which is published at once. Try every verifier with it before")
        }
        rotation = RotationPolicy(&reader)
        keySchedule = RotateSigningKeys.Trigger(&reader)
        passwordHash = Argon2id(&reader)
        passwordPolicy = PasswordPolicy(reader)
        maxConcurrentHashes = reader[Key.maxConcurrentHashes]
        loginLimits = LoginLimits(reader)
        federation = FederationSettings(&reader)
        branding = Branding(&reader)
        webhooks = Webhook.all(&reader)
        logLevel = reader[Key.logLevel]
        logFormat = reader[Key.logFormat]
        warnings = reader.warnings
        filesWithSecrets = reader.filesWithSecrets
        guard reader.mistakes.isEmpty, let database else { throw ConfigurationMistakes(mistakes: reader.mistakes) }
        self.database = database
    }

    private static func isIssuer(_ text: String) -> Bool {
        guard text.hasPrefix("https://") || text.hasPrefix("http://"), let url = EndpointURL(text) else { return false }
        return !url.hasQuery && WebOrigin(of: text) != nil
    }
}
