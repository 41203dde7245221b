import Accounts
import Foundation
import Logging
import Synchronization
import TokenCore
import TokenHTTP
import TokenSigning

/// The configuration, checked and typed.
struct Configuration: Sendable {
    var issuer: String
    var audience: [String]
    var dataDirectory: String
    var masterKey: MasterKeySource
    var listener: PublicListener.Options
    /// Empty for no admin listener.
    var adminHost: String
    /// 0 for any that is free.
    var adminPort: Int
    var adminTokenFile: String
    var database: DatabaseLocation
    var databaseCacheKiB: Int
    var accessTokenLifetimeSeconds: Int
    var algorithm: SigningAlgorithm
    var rotation: RotationPolicy
    var keySchedule: RotateSigningKeys.Trigger
    var passwordHash: Argon2id
    var passwordPolicy: PasswordPolicy
    var maxConcurrentHashes: Int
    var loginLimits: LoginLimits
    var logLevel: Logger.Level
    var logsJSON: Bool
    var warnings: [String]

    /// Reads a file, the environment and this process's flags.
    ///
    /// - Throws: ``ConfigurationMistakes`` that names every mistake with its path.
    static func load(file: String, environment: [String: String] = ProcessInfo.processInfo.environment) throws
        -> Configuration
    {
        guard let data = FileManager.default.contents(atPath: file) else {
            throw ConfigurationMistakes(mistakes: [
                "\(file): the file cannot be read; name another one with --config FILE"
            ])
        }
        let source = ConfigurationSource(
            file: Array(data), fileName: file, environment: environment,
            flags: ConfigurationFlags.given.withLock { $0 })
        let folder = URL(fileURLWithPath: file).deletingLastPathComponent()
        return try Configuration(source, folder: folder)
    }

    private init(_ source: ConfigurationSource, folder: URL) throws {
        var mistakes = source.mistakes
        func path(_ text: String) -> String { URL(fileURLWithPath: text, relativeTo: folder).path }
        func optionalPath(_ key: String) -> String? {
            let text = source.string(key)
            return text.isEmpty ? nil : path(text)
        }

        issuer = source.string("issuer")
        if !Configuration.isIssuer(issuer) {
            mistakes.append("issuer: expected an http or https URL without query and fragment, found \"\(issuer)\"")
        }
        audience = source.strings("audience")
        if audience.isEmpty || audience.contains("") {
            mistakes.append("audience: expected at least one name of an API, and none that is empty")
        }
        dataDirectory = path(source.string("dataDirectory"))
        masterKey = MasterKeySource(
            inline: source.string("masterKey"), file: optionalPath("masterKeyFile"),
            defaultFile: dataDirectory + "/master.key", previousInline: source.strings("previousMasterKeys"),
            previousFiles: source.strings("previousMasterKeyFiles").map(path))

        let certificate = optionalPath("http.tls.certificateFile")
        let privateKey = optionalPath("http.tls.privateKeyFile")
        if (certificate == nil) != (privateKey == nil) {
            mistakes.append("http.tls: expected both certificateFile and privateKeyFile, or neither")
        }
        let proxies = TrustedProxies(source.strings("http.trustedProxies"))
        if proxies == nil {
            mistakes.append("http.trustedProxies: expected IP addresses or CIDR blocks such as 10.0.0.0/8")
        }
        let allowedOrigins = source.strings("http.allowedOrigins").compactMap { text in
            let origin = WebOrigin(exactly: text)
            if origin == nil {
                mistakes.append(
                    "http.allowedOrigins: expected origins such as https://app.example, with no path, found \"\(text)\""
                )
            }
            return origin
        }
        listener = PublicListener.Options(
            issuer: issuer, audience: audience, host: source.string("http.host"), port: source.integer("http.port"),
            maxBodyBytes: source.integer("http.maxBodyBytes"), trustedProxies: proxies ?? .none,
            tls: certificate.flatMap { certificate in
                privateKey.map { PublicListener.TLSFiles(certificate: certificate, privateKey: $0) }
            }, allowedOrigins: allowedOrigins)
        adminHost = source.string("admin.host")
        adminPort = source.integer("admin.port")
        adminTokenFile = dataDirectory + "/admin.token"
        for (key, file) in [("certificateFile", certificate), ("privateKeyFile", privateKey)] {
            if let file, !FileManager.default.isReadableFile(atPath: file) {
                mistakes.append("http.tls.\(key): \(file) cannot be read")
            }
        }
        if adminPort == listener.port, adminPort != 0, adminHost == listener.host {
            mistakes.append("admin.port: expected another port than http.port, \(adminPort)")
        }

        var url = source.string("database.url")
        if let file = optionalPath("database.urlFile") {
            if let text = try? String(contentsOfFile: file, encoding: .utf8) {
                url = text.trimmingCharacters(in: .whitespacesAndNewlines)
            } else {
                mistakes.append("database.urlFile: \(file) cannot be read")
            }
        }
        database = .sqlite(path: "")
        do { database = try DatabaseLocation(url, resolve: path) } catch { mistakes.append("database.url: \(error)") }
        databaseCacheKiB = source.integer("database.cacheKiB")

        accessTokenLifetimeSeconds = source.integer("accessToken.lifetimeSeconds")
        algorithm = SigningAlgorithm(rawValue: source.string("accessToken.algorithm")) ?? .es256
        rotation = RotationPolicy(
            idleLifetimeSeconds: source.integer("refreshToken.idleLifetimeSeconds"),
            absoluteLifetimeSeconds: source.integer("refreshToken.absoluteLifetimeSeconds"),
            retryWindowSeconds: source.integer("refreshToken.retryWindowSeconds"),
            maxRetries: source.integer("refreshToken.maxRetries"))

        keySchedule = .schedule(
            every: source.integer("signingKeys.rotateEverySeconds"),
            publishedFor: source.integer("signingKeys.publishAheadSeconds"))

        passwordHash = Argon2id(
            memoryKiB: source.integer("passwords.memoryKiB"), iterations: source.integer("passwords.iterations"),
            parallelism: source.integer("passwords.parallelism"))
        if passwordHash.memoryKiB < 8 * passwordHash.parallelism {
            mistakes.append("passwords.memoryKiB: expected at least 8 for each of passwords.parallelism")
        }
        passwordPolicy = PasswordPolicy(minimumLength: source.integer("passwords.minimumLength"))
        maxConcurrentHashes = source.integer("passwords.maxConcurrentHashes")
        loginLimits = LoginLimits(
            perAccount: source.integer("loginLimits.perAccount"), perAddress: source.integer("loginLimits.perAddress"),
            windowSeconds: source.integer("loginLimits.windowSeconds"))
        logLevel = Logger.Level(rawValue: source.string("log.level")) ?? .info
        logsJSON = source.string("log.format") == "json"

        warnings = source.warnings
        if !["", "127.0.0.1", "::1", "localhost"].contains(adminHost) {
            warnings.append(
                "admin.host: \(adminHost) is reached from other machines, and the admin token crosses the network in the "
                    + "clear; keep it within a private network, or put a proxy with TLS in front")
        }
        if accessTokenLifetimeSeconds > 900 {
            warnings.append(
                "accessToken.lifetimeSeconds: \(accessTokenLifetimeSeconds) s is long; an API that does not follow the "
                    + "revocation feed believes a logged-out token until then")
        }
        guard mistakes.isEmpty else { throw ConfigurationMistakes(mistakes: mistakes) }
    }

    private static func isIssuer(_ text: String) -> Bool {
        guard let url = URLComponents(string: text) else { return false }
        return (url.scheme == "https" || url.scheme == "http") && url.host?.isEmpty == false && url.query == nil
            && url.fragment == nil
    }
}
