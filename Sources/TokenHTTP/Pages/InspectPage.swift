import Hummingbird
import TokenCore

/// `/inspect`: reads a JWT in the browser. The server never sees it.
struct InspectPage: Sendable {
    let visitors: PageVisitors
    let csrf: CSRFTokens
    let pages: PageRenderer

    private struct Content {}

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/inspect", show) }

    private func show(_ exchange: Exchange) async throws -> Response {
        let title = "Inspect a token"
        let script = "/inspect.js"
        guard case .signedIn(let session) = try await visitors.visitor(of: exchange) else {
            return pages.page(.inspect, PageFrame(title: title, script: script, content: Content()))
        }
        return pages.page(
            .inspect,
            PageFrame(
                title: title, script: script, session: session, csrf: csrf.token(for: session.record.id),
                content: Content()))
    }
}
