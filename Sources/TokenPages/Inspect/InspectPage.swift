import Hummingbird
import TokenHTTP

/// `/inspect`: decodes a JWT in the browser. The token is not sent to the server.
struct InspectPage: Controller {
    let authentication: Authentication
    let renderer: PageRenderer

    private struct Content {}

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/inspect", show) }

    private func show(_ exchange: Exchange) async throws -> Response {
        var frame = PageFrame(title: "Inspect a token", script: "/inspect.js", content: Content())
        if case .signedIn(let session) = try await PageVisitor(of: exchange, authentication.sessions) {
            frame = frame.signedIn(session, csrf: authentication.browser.csrf)
        }
        return renderer.page(.inspect, frame)
    }
}
