import HTTPTypes
import TokenHTTP

/// `/inspect`: decodes a JWT in the browser. The token is not sent to the server.
struct InspectPage: Controller {
    let authentication: Authentication
    let languages: PageLanguages

    private struct Content {}

    func addRoutes(to routes: inout RouteTable) { routes.on(.get, "/inspect", show) }

    private func show(_ exchange: Exchange) async throws -> Response {
        let renderer = languages.renderer(for: exchange)
        var frame = PageFrame(title: renderer.text.inspectToken, script: "/inspect.js", content: Content())
        // No other script runs where people paste tokens.
        frame.hasHelper = false
        frame.isInspect = true
        if case .signedIn(let session, let seconds) = try await PageVisitor(of: exchange, authentication.sessions) {
            frame = frame.signedIn(session, csrf: authentication.browser.csrf, accessSeconds: seconds)
        }
        return renderer.page(.inspect, frame)
    }
}
