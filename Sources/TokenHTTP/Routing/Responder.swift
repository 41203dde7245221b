import HTTPTypes
import Logging
import TokenCore

/// Routes each request to its handler, and makes an answer of whatever error the handler throws.
///
/// A class, because each request's task holds it, and it has many members.
final class Responder: Sendable {
    let routes: RouteTable
    let proxies: TrustedProxies
    let maxBodyBytes: Int
    /// Nil to let no page of another origin read an answer.
    let cors: CORSPolicy?
    /// Nil to answer every error with a document for programs.
    let errorPages: (any ErrorRenderer)?
    /// Whether requests come over this listener's own TLS.
    let usesTLS: Bool
    /// Nil to accept any host.
    let hostGate: HostGate?
    private let metrics = RequestMetrics()

    init(
        routes: RouteTable, proxies: TrustedProxies, maxBodyBytes: Int, cors: CORSPolicy? = nil,
        errorPages: (any ErrorRenderer)? = nil, usesTLS: Bool = false, hostGate: HostGate? = nil
    ) {
        self.routes = routes
        self.proxies = proxies
        self.maxBodyBytes = maxBodyBytes
        self.cors = cors
        self.errorPages = errorPages
        self.usesTLS = usesTLS
        self.hostGate = hostGate
    }

    func respond(to request: Request, context: ConnectionContext) async -> Response {
        let start = ContinuousClock.now
        let trace = RequestTrace(request.headers, isFromProxy: context.peer.isTrusted)
        let match = routes.match(request.path)
        // Logs and metrics hold no part of an unknown path.
        let route = match?.route ?? "(unknown)"
        var response: Response
        do {
            response = try await answer(request, match, context, trace)
        } catch {
            response = failed(error, request, on: route, context, trace)
        }
        cors?.mark(&response, for: request)
        response.headers[.xRequestID] = trace.requestID
        response.headers[.xContentTypeOptions] = "nosniff"
        // RFC 6797 §7.1 and §7.2: a year, and not over plain HTTP, where a proxy has the TLS.
        if usesTLS { response.headers[.strictTransportSecurity] = "max-age=31536000" }
        metrics.record(request.method, route: route, status: response.status.code, in: .now - start)
        if context.logger.logLevel <= .debug {
            trace.logger(context.logger).debug(
                "request",
                metadata: [
                    "method": "\(request.method)", "path": "\(route)", "status": "\(response.status.code)",
                ])
        }
        return response
    }

    private func answer(
        _ request: Request, _ match: RouteTable.Match?, _ context: ConnectionContext, _ trace: RequestTrace
    ) async throws -> Response {
        try hostGate?.check(request)
        if let preflight = cors?.preflight(request, routes: routes) { return preflight }
        guard let match else { throw Problem.unknownPath }
        return try await match.handler(for: request.method)(
            Exchange(
                request: request, address: proxies.origin(of: context.peer, headers: request.headers),
                maxBodyBytes: maxBodyBytes, connection: context, pathParameter: match.parameter,
                requestID: trace.requestID, isFromTrustedProxy: context.peer.isTrusted))
    }

    private func failed(
        _ error: any Error, _ request: Request, on route: String, _ context: ConnectionContext, _ trace: RequestTrace
    ) -> Response {
        let logger = trace.logger(context.logger)
        // A read that is cancelled says that the client has hung up, or that the process ends.
        if let cause = (error as? Unavailable)?.cause, !(cause is CancellationError) {
            logger.error("The store failed; the client is asked to retry", metadata: ["error": "\(cause)"])
        }
        if let error = error as? OAuthError { return error.response }
        if let problem = Problem(error) { return answer(problem, request) }
        logger.error("Unhandled error", metadata: ["error": "\(error)", "path": "\(route)"])
        return answer(Problem(.internal, "The error was logged with the request id \(trace.requestID)."), request)
    }

    /// An error in the format of the endpoint.
    private func answer(_ problem: Problem, _ request: Request) -> Response {
        if OAuthError.isFormat(of: request.path) { return OAuthError(problem).response }
        guard let errorPages, isForPerson(request) else { return problem.response }
        return errorPages.response(to: problem, for: request)
    }

    /// Whether a browser shows the answer to a person.
    private func isForPerson(_ request: Request) -> Bool {
        let isAPI = ["/v1/", "/.well-known/", "/health/", "/admin/"].contains { request.path.hasPrefix($0) }
        return !isAPI && request.headers[.accept]?.utf8.containsWord("text/html") == true
    }
}
