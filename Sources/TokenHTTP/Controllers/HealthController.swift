import Hummingbird
import StrictCoding
import TokenCore
import TokenSigning

/// `GET /health/live` and `GET /health/ready`.
struct HealthController: Sendable {
    let sessions: SessionService
    let ring: KeyRing

    /// The process answers.
    func live(_ exchange: Exchange) async throws -> Response { .json { $0.member("status", "live") } }

    /// The store reads and writes and the key ring is what the store has.
    func ready(_ exchange: Exchange) async throws -> Response {
        do {
            _ = try await ring.reload()
            try await sessions.lane.submit(Touch())
        } catch {
            throw Problem.unavailable("The store or the key ring is not usable now.")
        }
        return .json { $0.member("status", "ready") }
    }
}
