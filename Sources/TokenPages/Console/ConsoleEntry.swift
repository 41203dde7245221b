import HTTPTypes
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
        page(site.visitor(of: exchange), token: (try? exchange.query())?["token"])
    }

    private func enter(_ exchange: Exchange) async throws -> Response {
        let visit = site.visitor(of: exchange)
        let credential = try await exchange.form()["token"] ?? ""
        switch try await site.gate.enter(credential, exchange) {
        case .entered(let cookie):
            var response = Response.seeOther("/console")
            response.headers[.setCookie] = cookie
            return response
        case .usedBefore:
            return page(visit, status: .gone, error: visit.console.linkUsedBefore)
        case .refused:
            return page(visit, status: .unauthorized, error: visit.console.credentialRefused)
        case .throttled(let seconds):
            var response = page(
                visit, status: .tooManyRequests, error: visit.text.tooManyAttempts(seconds: seconds))
            response.headers[.retryAfter] = String(seconds)
            return response
        }
    }

    private func leave(_ exchange: Exchange) async throws -> Response {
        try await site.change(exchange) { visit, _ in
            var response = Response.seeOther("/console/enter")
            if let session = visit.session { response.headers[.setCookie] = site.gate.leave(session) }
            return response
        }
    }

    private func page(
        _ visit: ConsoleVisit, token: String? = nil, status: HTTPResponse.Status = .ok, error: String? = nil
    ) -> Response {
        var response = visit.page(
            .consoleEnter, status: status, title: visit.console.name, error: error.map { ConsoleError($0) },
            Content(token: token))
        // The address of the page holds the token of the link.
        response.headers[.referrerPolicy] = "no-referrer"
        return response
    }
}
