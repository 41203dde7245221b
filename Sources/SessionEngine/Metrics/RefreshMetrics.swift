import CoreMetrics
import TokenCore

/// Counts presentations of refresh tokens by outcome.
struct RefreshMetrics: Sendable {
    private static func counter(_ verdict: String) -> Counter {
        Counter(label: "heirloom_refreshes_total", dimensions: [("verdict", verdict)])
    }

    private let rotated = counter("rotated")
    private let retried = counter("retried")
    private let unknown = counter("unknown")
    private let otherClient = counter("client_mismatch")
    private let keyMismatch = counter("key_mismatch")
    private let unbound = counter("unbound")
    private let revoked = counter("session_revoked")
    private let expired = counter("expired")
    private let reuse = counter("reuse_detected")
    private let reuseByOwnKey = counter("reuse_detected_own_key")
    private let rollback = counter("rollback_detected")

    func count(_ outcome: Rotate.Outcome, isConcurrent: Bool) {
        switch outcome {
        case .successor(_, let session, _):
            (isConcurrent || session.token.retries > 0 ? retried : rotated).increment()
        case .refused(.unknown): unknown.increment()
        case .refused(.otherClient): otherClient.increment()
        case .refused(.proof): keyMismatch.increment()
        case .refused(.unbound): unbound.increment()
        case .refused(.revoked): revoked.increment()
        case .refused(.expired): expired.increment()
        case .refused(.reuse(_, _, let byOwnKey)): (byOwnKey ? reuseByOwnKey : reuse).increment()
        case .refused(.rollback): rollback.increment()
        }
    }
}
