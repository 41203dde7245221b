import Logging
import StrictCoding
import Synchronization

/// Follows the revocation feed by long polling until its task is cancelled. After an outage of the token service it
/// continues at the same position, so it misses no entry.
final class RevocationFollower: Sendable {
    private struct State {
        /// The position in the feed: the `after` of the next request.
        var next = 0
        var isConnected = false
        var lastAnswer: Duration?
    }

    private enum Failure: Error { case status(Int), malformed }

    private static let waitSeconds = 30
    private static let shortestPause = Duration.milliseconds(100)
    private static let longestPause = Duration.seconds(5)

    private let url: String
    private let authorization: String
    private let transport: any VerifierTransport
    private let list: RevocationList
    private let clock: VerifierClock
    private let logger: Logger
    private let state = Mutex(State())

    init(
        url: String, credentials: AccessTokenVerifier.ClientCredentials, transport: any VerifierTransport,
        list: RevocationList, clock: VerifierClock, logger: Logger
    ) {
        self.url = url
        authorization = credentials.authorization
        self.transport = transport
        self.list = list
        self.clock = clock
        self.logger = logger
    }

    /// Whether the last request succeeded.
    var isConnected: Bool { state.withLock { $0.isConnected } }

    /// The time since the service last answered; nil if it never did.
    var lag: Duration? { state.withLock { $0.lastAnswer }.map { clock.uptime() - $0 } }

    func run() async {
        var pause = RevocationFollower.shortestPause
        while !Task.isCancelled {
            do {
                try await poll()
                pause = RevocationFollower.shortestPause
            } catch {
                guard !Task.isCancelled else { return }
                noteFailure(error)
                try? await clock.sleep(pause)
                pause = min(pause * 2, RevocationFollower.longestPause)
            }
        }
    }

    /// Logs the first failure of an outage, and every failure before the first answer.
    private func noteFailure(_ error: any Error) {
        let isNews = state.withLock { state in
            defer { state.isConnected = false }
            return state.isConnected || state.lastAnswer == nil
        }
        guard isNews else { return }
        logger.warning(
            "Cannot read the revocation feed; new revocations take effect when it can be read again",
            metadata: ["error": "\(error)"])
    }

    private func poll() async throws {
        let (after, wasConnected) = state.withLock { ($0.next, $0.isConnected) }
        // The first request does not wait for news, so it shows at once whether the feed can be read.
        let wait = wasConnected ? RevocationFollower.waitSeconds : 0
        let answer = try await transport.get(
            "\(url)?after=\(after)&wait=\(wait)", headers: [(name: "Authorization", value: authorization)],
            timeout: .seconds(wait + 10))
        guard answer.status == 200 else { throw Failure.status(answer.status) }
        guard let page = try? JSONReader.read(answer.body), let next = list.apply(page, at: clock.now()) else {
            throw Failure.malformed
        }
        if !wasConnected { logger.info("Following the revocation feed", metadata: ["after": "\(after)"]) }
        state.withLock { state in
            state.next = next
            state.isConnected = true
            state.lastAnswer = clock.uptime()
        }
    }
}
