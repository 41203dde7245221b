package import CoreMetrics
import Foundation
public import Logging

/// Verifies access tokens with the published keys of the token service, without a request to the service for each
/// token. It learns of logouts through the revocation feed.
///
/// Keep ``run()`` running beside the server. During an outage of the token service the verifier uses the last known
/// keys and revocations.
public final class AccessTokenVerifier: Sendable {
    /// Returns the wall-clock time in Unix seconds.
    public static let systemTime: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }

    let options: Options
    let proofs: ProofVerifier
    private let gate: TokenGate
    private let keySet: RemoteKeySet
    private let revocations: RevocationList
    private let follower: RevocationFollower?
    private let cache: VerifiedTokenCache<AccessToken>
    let clock: VerifierClock
    let metrics: VerifierMetrics

    /// Makes a verifier that has no keys yet. It fetches them in ``run()`` or for the first token.
    ///
    /// - Parameters:
    ///   - options: what the verifier accepts.
    ///   - transport: how it sends requests to the token service.
    ///   - logger: receives a warning when the revocation feed cannot be read.
    ///   - now: returns the wall-clock time in Unix seconds.
    public convenience init(
        _ options: Options, transport: any VerifierTransport = HTTPTransport(),
        logger: Logger = Logger(label: "heirloom.verifier"),
        now: @escaping @Sendable () -> Int = AccessTokenVerifier.systemTime
    ) {
        self.init(
            options, transport: transport, logger: logger, clock: VerifierClock(now: now),
            metrics: MetricsSystem.factory)
    }

    /// Makes a verifier with its own clocks and metrics, for tests.
    package init(
        _ options: Options, transport: any VerifierTransport, logger: Logger = Logger(label: "heirloom.verifier"),
        clock: VerifierClock, metrics: any MetricsFactory
    ) {
        let server = options.server.hasSuffix("/") ? String(options.server.dropLast()) : options.server
        let cache = VerifiedTokenCache<AccessToken>(limit: options.cacheLimit)
        let revocations = RevocationList(leeway: options.leeway)
        self.options = options
        self.clock = clock
        self.cache = cache
        self.revocations = revocations
        gate = TokenGate(issuer: options.issuer, audience: options.audience, leeway: options.leeway)
        keySet = RemoteKeySet(url: server + "/.well-known/jwks.json", transport: transport, clock: clock) {
            cache.removeAll()
        }
        follower = options.credentials.map { credentials in
            RevocationFollower(
                url: server + "/v1/revocations", credentials: credentials, transport: transport, list: revocations,
                clock: clock, logger: logger)
        }
        let metrics = VerifierMetrics(metrics)
        self.metrics = metrics
        proofs = ProofVerifier(options, metrics: metrics)
        if let url = options.publicURL, ProofURI(base: url, path: "/") == nil {
            logger.error("Options.publicURL is not an HTTP URL without a query. Every proof is refused.")
        }
    }

    /// Fetches the keys, follows the revocation feed and reports metrics until the task is cancelled.
    public func run() async throws {
        await withTaskGroup { tasks in
            if let follower { tasks.addTask { await follower.run() } }
            tasks.addTask { await self.refreshKeys() }
            tasks.addTask { await self.reportMetrics() }
        }
    }

    /// Returns the token if the issuer signed it for this API, it has not expired, and the revocation feed has
    /// neither revoked it nor asked for its refresh.
    ///
    /// A token that is bound to a key is refused, since no proof of possession comes with it; see
    /// ``verify(_:proof:method:url:)`` and ``Options/acceptsBoundTokensAsBearer``.
    ///
    /// A token that was verified before costs a look-up in memory; a new one costs the check of a signature. An unknown
    /// `kid` causes a fetch of the keys, at most once in ten seconds.
    ///
    /// - Throws: the reason, which is for logs. Answer `invalid_token` (RFC 6750 §3.1) to the caller, but 503 for
    ///   ``TokenRefusal/keysUnavailable``, which says nothing about the token.
    public func verify(_ token: String) async throws(TokenRefusal) -> AccessToken {
        do throws(TokenRefusal) {
            let verified = try await check(token)
            guard verified.key == nil || options.acceptsBoundTokensAsBearer else { throw .proofRequired }
            return verified
        } catch {
            metrics.refused(error)
            throw error
        }
    }

    /// Checks everything about a token but whether its holder has the key that it is bound to.
    func check(_ token: String) async throws(TokenRefusal) -> AccessToken {
        let verified: AccessToken
        if let known = cache[token] { verified = known } else { verified = try await authenticate(token) }
        try gate.checkTime(of: verified, at: clock.now())
        if let refusal = revocations.refusal(of: verified) { throw refusal }
        return verified
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

    /// The state of the connection to the token service.
    public var status: VerifierStatus {
        VerifierStatus(
            keyAge: keySet.age, isFollowingFeed: follower?.isConnected ?? false, feedLag: follower?.lag,
            revocations: revocations.count)
    }

    private func refreshKeys() async {
        while !Task.isCancelled {
            await keySet.refresh()
            let isFresh = keySet.age.map { $0 < options.keyRefreshInterval } ?? false
            try? await clock.sleep(isFresh ? options.keyRefreshInterval : .seconds(1))
        }
    }

    private func reportMetrics() async {
        while !Task.isCancelled {
            metrics.report(status)
            try? await clock.sleep(.seconds(1))
        }
    }
}
