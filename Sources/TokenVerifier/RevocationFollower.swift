import Foundation
import Logging
import StrictCoding
import Synchronization

/// Follows the revocation feed by long poll, for as long as its task lives. While the service is away it tries again and
/// again, and then reads on where it was: the feed has no gaps.
final class RevocationFollower: Sendable {
    private struct State {
        var next = 0
        var isConnected = false
        var lastHeard: ContinuousClock.Instant?
    }

    private enum Failure: Error { case status(Int), malformed }

    private let url: String
    private let authorization: String
    private let transport: any VerifierTransport
    private let list: RevocationList
    private let now: @Sendable () -> Int
    private let logger: Logger
    private let state = Mutex(State())

    private static let waitSeconds = 30
    private static let longestPause = Duration.seconds(5)

    init(
        url: String, credentials: AccessTokenVerifier.ClientCredentials, transport: any VerifierTransport,
        list: RevocationList, now: @escaping @Sendable () -> Int, logger: Logger
    ) {
        self.url = url
        authorization = credentials.authorization
        self.transport = transport
        self.list = list
        self.now = now
        self.logger = logger
    }

    var isConnected: Bool { state.withLock { $0.isConnected } }

    /// How long ago the service last answered; nil when it never did.
    var lag: Duration? { state.withLock { $0.lastHeard }.map { .now - $0 } }

    func run() async {
        var pause = Duration.milliseconds(100)
        while !Task.isCancelled {
            do {
                try await poll()
                pause = .milliseconds(100)
            } catch {
                guard !Task.isCancelled else { return }
                if state.withLock({ state in
                    defer { state.isConnected = false }
                    return state.isConnected || state.lastHeard == nil
                }) {
                    logger.warning(
                        "The revocation feed cannot be read; logouts are heard of when it can be again",
                        metadata: ["error": "\(error)"])
                }
                try? await Task.sleep(for: pause)
                pause = min(pause * 2, RevocationFollower.longestPause)
            }
        }
    }

    private func poll() async throws {
        let (after, wasConnected) = state.withLock { ($0.next, $0.isConnected) }
        // The first answer comes at once, so that it is known soon whether the feed can be read.
        let wait = wasConnected ? RevocationFollower.waitSeconds : 0
        let answer = try await transport.get(
            "\(url)?after=\(after)&wait=\(wait)", headers: [(name: "Authorization", value: authorization)],
            timeout: .seconds(wait + 10))
        guard answer.status == 200 else { throw Failure.status(answer.status) }
        guard let page = try? JSONReader.read(answer.body), let next = list.apply(page, at: now()) else {
            throw Failure.malformed
        }
        if !wasConnected { logger.info("Following the revocation feed", metadata: ["after": "\(after)"]) }
        state.withLock { state in
            state.next = next
            state.isConnected = true
            state.lastHeard = .now
        }
    }
}
