import Accounts
import HTTPTypes
import Hummingbird
import Logging
import StrictCoding
import TokenCore

/// From a request's head to its controller, and from whatever comes back to an answer.
struct Responder: HTTPResponder {
    let routes: RouteTable
    let proxies: TrustedProxies
    let maxBodyBytes: Int
    /// Whose pages may read answers; nil for nobody's.
    let cors: CORSPolicy?
    /// Errors for people; nil where only programs call.
    let pages: PageRenderer?
    private let metrics = RequestMetrics()

    init(
        routes: RouteTable, proxies: TrustedProxies, maxBodyBytes: Int, cors: CORSPolicy? = nil,
        pages: PageRenderer? = nil
    ) {
        self.routes = routes
        self.proxies = proxies
        self.maxBodyBytes = maxBodyBytes
        self.cors = cors
        self.pages = pages
    }

    func respond(to request: Request, context: ConnectionContext) async throws -> Response {
        let start = ContinuousClock.now
        let requestID = String(UInt64.random(in: .min ... .max), radix: 36)
        var response: Response
        do {
            response = try await answer(request, context)
        } catch {
            response = failed(error, request, context, requestID)
        }
        cors?.mark(&response, for: request)
        response.headers[.xRequestID] = requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        if request.method == .head {
            // The length that a GET would have been answered with (RFC 9110 §8.6), and none of its bytes.
            response.body = ResponseBody(contentLength: response.body.contentLength) { try await $0.finish(nil) }
        }
        let route = routes.route(of: request.uri.path)
        metrics.record(request.method, route: route, status: response.status.code, in: .now - start)
        context.logger.debug(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(route)",
                "status": "\(response.status.code)", "request_id": "\(requestID)",
            ])
        return response
    }

    private func answer(_ request: Request, _ context: ConnectionContext) async throws -> Response {
        if let preflight = cors?.preflight(request, routes: routes) { return preflight }
        let (handler, parameter) = try routes.handler(for: request.method, path: request.uri.path)
        return try await handler(
            Exchange(
                request: request, address: proxies.origin(peer: context.peer, headers: request.headers),
                maxBodyBytes: maxBodyBytes, pathParameter: parameter))
    }

    private func failed(
        _ error: any Error, _ request: Request, _ context: ConnectionContext, _ requestID: String
    ) -> Response {
        if case Unavailable.store(let cause) = error {
            context.logger.error(
                "The store failed; callers are told to retry",
                metadata: ["error": "\(cause)", "request_id": "\(requestID)"])
        }
        if let error = error as? OAuthError { return error.response }
        if let problem = Problem(error) { return answer(problem, request) }
        context.logger.error(
            "An error that nobody foresaw",
            metadata: [
                "error": "\(error)", "path": "\(routes.route(of: request.uri.path))", "request_id": "\(requestID)",
            ])
        return answer(Problem(.internal, "The error was logged under the request id \(requestID)."), request)
    }

    /// In the language of the endpoint.
    private func answer(_ problem: Problem, _ request: Request) -> Response {
        if OAuthError.isSpoken(at: request.uri.path) { return OAuthError(problem).response }
        guard let pages, isForPerson(request) else { return problem.response }
        return pages.error(problem)
    }

    /// Whether somebody looks at the answer in a browser, rather than a program at `/v1`.
    private func isForPerson(_ request: Request) -> Bool {
        let isAPI = ["/v1/", "/.well-known/", "/health/"].contains { request.uri.path.hasPrefix($0) }
        return !isAPI && request.headers[.accept]?.contains("text/html") == true
    }
}
