import Hummingbird
import StrictCoding

/// `GET /health/live` and `GET /health/ready`.
struct HealthController: Sendable {
    let probe: ReadinessProbe

    /// The process answers.
    func live(_ exchange: Exchange) async throws -> Response { .json { $0.member("status", "live") } }

    /// The store reads and writes and the key ring is what the store has.
    func ready(_ exchange: Exchange) async throws -> Response {
        guard await probe.isUsable() else {
            throw Problem.unavailable("The store or the key ring is not usable now.")
        }
        return .json { $0.member("status", "ready") }
    }
}
