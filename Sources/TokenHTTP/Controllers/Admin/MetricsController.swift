import HTTPTypes
import NIOCore
import PrometheusMetrics

/// `GET /metrics`, for Prometheus. Requires no token, and shows nothing about a single person or session.
struct MetricsController: Controller {
    let registry: PrometheusRegistry
    let gauges: ServiceGauges

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/metrics", metrics) }

    private func metrics(_ exchange: Exchange) async throws -> Response {
        let text = registry.text(adding: ProcessGauges.readings() + (await gauges.readings()))
        return Response(
            status: .ok, headers: [.contentType: PrometheusRegistry.contentType, .cacheControl: "no-store"],
            body: ByteBuffer(string: text))
    }
}
