import HTTPTypes
import Hummingbird
import TokenHTTP

/// `/console/enter`: signs in by a one-time link or by the admin token; `/console/leave` signs out.
struct ConsoleEntry: Controller {
    let site: ConsoleSite

    private struct Content {
        /// The token of the link; nil for a visitor without one.
        let token: String?
    }

    func addRoutes(to routes: inout RouteTable) {
        routes.on(.get, "/console/enter", show)
        routes.on(.post, "/console/enter", enter)
        routes.on(.post, "/console/leave", leave)
    }

    /// Uses no link up: programs that look links up before a person does must not.
    private func show(_ exchange: Exchange) async throws -> Response {
        page(token: (try? exchange.query())?["token"])
    }

    private func enter(_ exchange: Exchange) async throws -> Response {
        let credential = try await exchange.form()["token"] ?? ""
        switch try await site.gate.enter(credential, exchange) {
        case .entered(let cookie):
            var response = Response.seeOther("/console")
            response.headers[.setCookie] = cookie
            return response
        case .usedBefore:
            return page(status: .gone, error: "This link was used before. Make a new one: heirloom console")
        case .refused:
            return page(
                status: .unauthorized,
                error: "This is neither the admin token nor a link of the last five minutes. Make one: heirloom console"
            )
        case .throttled(let seconds):
            var response = page(
                status: .tooManyRequests, error: "There were too many attempts. Try again in \(seconds) seconds.")
            response.headers[.retryAfter] = String(seconds)
            return response
        }
    }

    private func leave(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { session, _ in
            var response = Response.seeOther("/console/enter")
            response.headers[.setCookie] = site.gate.leave(session)
            return response
        }
    }

    private func page(token: String? = nil, status: HTTPResponse.Status = .ok, error: String? = nil) -> Response {
        var response = site.page(
            .consoleEnter, status: status, title: "Console", for: nil, error: error, Content(token: token))
        // The address of the page holds the token of the link.
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}
