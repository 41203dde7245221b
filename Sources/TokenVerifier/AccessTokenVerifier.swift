package import CoreMetrics
import Foundation
public import Logging

/// Verifies access tokens as an API does: by the service's published keys alone, with no call per request; and hears of
/// logouts by the revocation feed.
///
/// Keep ``run()`` running beside the server. Through an outage of the token service, verification goes on with the keys and
/// revocations that are known.
public final class AccessTokenVerifier: Sendable {
    /// A confidential client's name and secret: the feed is for those.
    public struct ClientCredentials: Sendable {
        let authorization: String

        public init(id: String, secret: String) {
            func encode(_ text: String) -> String {
                text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? ""
            }
            authorization = "Basic " + Data("\(encode(id)):\(encode(secret))".utf8).base64EncodedString()
        }
    }

    public struct Options: Sendable {
        /// As it stands in the tokens' `iss`, to the letter.
        public var issuer: String
        /// A token must be meant for one of these.
        public var audience: [String]
        /// Where the service is reached from here; the issuer, if that is so.
        public var server: String
        /// For the revocation feed; nil for not following it: a logout is then heard of at `exp`.
        public var credentials: ClientCredentials?
        /// How far clocks may be apart, in seconds.
        public var leeway = 10
        /// How many verified tokens are remembered.
        public var cacheLimit = 8192
        /// How often the keys are fetched: the bound for a key that was revoked in an emergency.
        public var keyRefreshInterval = Duration.seconds(300)

        public init(issuer: String, audience: [String], server: String? = nil, credentials: ClientCredentials? = nil) {
            self.issuer = issuer
            self.audience = audience
            self.server = server ?? issuer
            self.credentials = credentials
        }
    }

    /// The machine's clock.
    public static let systemTime: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }

    private let options: Options
    private let gate: TokenGate
    private let keySet: RemoteKeySet
    private let revocations: RevocationList
    private let follower: RevocationFollower?
    private let cache: VerifiedTokenCache<AccessToken>
    private let now: @Sendable () -> Int
    private let metrics: VerifierMetrics

    /// - Parameter now: the time in Unix seconds.
    public convenience init(
        _ options: Options, transport: any VerifierTransport = HTTPTransport(),
        logger: Logger = Logger(label: "heirloom.verifier"),
        now: @escaping @Sendable () -> Int = AccessTokenVerifier.systemTime
    ) {
        self.init(options, transport: transport, logger: logger, now: now, metrics: MetricsSystem.factory)
    }

    /// - Parameter metrics: where it counts; by default whatever the application has set up.
    package init(
        _ options: Options, transport: any VerifierTransport, logger: Logger = Logger(label: "heirloom.verifier"),
        now: @escaping @Sendable () -> Int, metrics: any MetricsFactory
    ) {
        let server = options.server.hasSuffix("/") ? String(options.server.dropLast()) : options.server
        let cache = VerifiedTokenCache<AccessToken>(limit: options.cacheLimit)
        let revocations = RevocationList(leeway: options.leeway)
        self.options = options
        self.now = now
        self.cache = cache
        self.revocations = revocations
        gate = TokenGate(issuer: options.issuer, audience: options.audience, leeway: options.leeway)
        keySet = RemoteKeySet(url: server + "/.well-known/jwks.json", transport: transport) { cache.removeAll() }
        follower = options.credentials.map { credentials in
            RevocationFollower(
                url: server + "/v1/revocations", credentials: credentials, transport: transport, list: revocations,
                now: now, logger: logger)
        }
        self.metrics = VerifierMetrics(metrics)
    }

    /// Fetches the keys and follows the feed until the task is cancelled.
    public func run() async throws {
        await withTaskGroup { tasks in
            if let follower { tasks.addTask { await follower.run() } }
            tasks.addTask { await self.refreshKeys() }
            tasks.addTask { await self.report() }
        }
    }

    /// The token, if it is this service's, meant for this API, alive, and not revoked as far as is known here.
    ///
    /// A token seen before costs a look-up; a new one its signature. A key that is not known is fetched, at most once in ten seconds.
    ///
    /// - Throws: why the token is not believed. A caller is told `invalid_token` and no more; but ``TokenRefusal/keysUnavailable``
    ///   is no fault of the token's.
    public func verify(_ token: String) async throws(TokenRefusal) -> AccessToken {
        do throws(TokenRefusal) {
            let verified: AccessToken
            if let known = cache[token] { verified = known } else { verified = try await authenticate(token) }
            try gate.checkTime(of: verified, at: now())
            if revocations.concerns(verified) { throw TokenRefusal.revoked }
            return verified
        } catch {
            metrics.refused(error)
            throw error
        }
    }

    private func authenticate(_ token: String) async throws(TokenRefusal) -> AccessToken {
        var refusal = TokenRefusal.keysUnavailable
        for isLastTry in [false, true] {
            let epoch = cache.epoch
            if let keys = keySet.keys {
                do {
                    let verified = try gate.authenticate(token, keys: keys)
                    cache.insert(verified, for: token, verifiedIn: epoch)
                    return verified
                } catch {
                    guard error == .unknownKey else { throw error }
                    refusal = error
                }
            }
            if !isLastTry { await keySet.refreshIfAllowed() }
        }
        throw refusal
    }

    /// Whether the verifier is in touch with the service.
    public var status: VerifierStatus {
        VerifierStatus(
            keyAge: keySet.age, isFollowingFeed: follower?.isConnected ?? false, feedLag: follower?.lag,
            revocations: revocations.count)
    }

    private func refreshKeys() async {
        while !Task.isCancelled {
            await keySet.refresh()
            let isFresh = keySet.age.map { $0 < options.keyRefreshInterval } ?? false
            try? await Task.sleep(for: isFresh ? options.keyRefreshInterval : .seconds(1))
        }
    }

    private func report() async {
        while !Task.isCancelled {
            metrics.report(status)
            try? await Task.sleep(for: .seconds(1))
        }
    }
}
