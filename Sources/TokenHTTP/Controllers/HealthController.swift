import HTTPTypes
import StrictCoding

/// `GET /health/live` and `GET /health/ready`.
struct HealthController: Controller {
    let probe: ReadinessProbe
    let drain: Drain

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/health/live", live)
        routes.on(.get, "/health/ready", ready)
    }

    /// The process answers.
    private func live(_ exchange: Exchange) async throws -> Response { .json { $0.member("status", "live") } }

    /// The store can be written, the key ring can be read, and the service is not about to end.
    private func ready(_ exchange: Exchange) async throws -> Response {
        guard !drain.hasBegun else { throw Problem.unavailable("The service is shutting down.") }
        guard await probe.isReady() else {
            throw Problem.unavailable("The store or the key ring is not usable now.")
        }
        return .json { $0.member("status", "ready") }
    }
}
