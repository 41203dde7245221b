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
        // No other script runs where people paste tokens.
        frame.hasHelper = false
        if case .signedIn(let session, let seconds) = try await PageVisitor(of: exchange, authentication.sessions) {
            frame = frame.signedIn(session, csrf: authentication.browser.csrf, accessSeconds: seconds)
        }
        return renderer.page(.inspect, frame)
    }
}
