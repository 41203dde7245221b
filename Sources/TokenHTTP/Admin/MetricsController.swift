import HTTPTypes
import Hummingbird
import NIOCore
import PrometheusMetrics

/// `GET /metrics`: for Prometheus. Needs no token, and tells nothing of any one person or session.
struct MetricsController: Sendable {
    let registry: PrometheusRegistry
    let gauges: ServiceGauges

    func metrics(_ exchange: Exchange) async throws -> Response {
        let text = registry.text(adding: ProcessGauges.readings() + (await gauges.readings()))
        return Response(
            status: .ok, headers: [.contentType: PrometheusRegistry.contentType, .cacheControl: "no-store"],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text)))
    }
}
