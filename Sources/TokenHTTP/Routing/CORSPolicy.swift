import HTTPTypes

/// Lets pages of other origins read answers (CORS, Fetch standard §3.2): those of every origin the public documents,
/// those of `http.allowedOrigins` every answer, with cookies.
struct CORSPolicy: Sendable {
    let origins: OriginList
    /// The paths of the public documents.
    let publicPaths: Set<String>

    /// What pages of other origins may send: what the service reads, and what libraries for tracing, wrappers of
    /// `fetch` and caches add. The headers that a proxy writes about a request are not among them.
    private static let requestHeaders = [
        "Accept", "Accept-Language", "Authorization", "Content-Language", "Content-Type", "DPoP", "Last-Event-ID",
        "X-CSRF-Token",
        "Cache-Control", "If-Match", "If-Modified-Since", "If-None-Match", "If-Unmodified-Since", "Pragma", "Range",
        "Idempotency-Key", "Prefer", "Priority", "X-Client-Version", "X-Correlation-ID", "X-Request-ID",
        "X-Requested-With",
        "traceparent", "tracestate", "baggage", "b3", "newrelic", "Request-Context", "Request-Id", "sentry-trace",
        "uber-trace-id", "X-Amzn-Trace-Id", "X-B3-Flags", "X-B3-ParentSpanId", "X-B3-Sampled", "X-B3-SpanId",
        "X-B3-TraceId", "X-Cloud-Trace-Context", "X-Datadog-Origin", "X-Datadog-Parent-Id",
        "X-Datadog-Sampling-Priority", "X-Datadog-Tags", "X-Datadog-Trace-Id",
    ].joined(separator: ", ")

    /// The answer to a preflight; nil for any other request, and for an origin that is not allowed.
    func preflight(_ request: Request, routes: RouteTable) -> Response? {
        guard request.method == .options, request.headers[.accessControlRequestMethod] != nil,
            isPublic(request) || allowedOrigin(of: request) != nil, let methods = routes.methods(at: request.path)
        else { return nil }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: methods.joined(separator: ", "),
                .accessControlAllowHeaders: CORSPolicy.requestHeaders,
                .accessControlMaxAge: "600",
            ])
    }

    /// Adds the headers that let a page read the answer, and `Vary` where the answer depends on the origin.
    func mark(_ response: inout Response, for request: Request) {
        if isPublic(request) {
            response.headers[.accessControlAllowOrigin] = "*"
            response.headers[.accessControlExposeHeaders] = CORSPolicy.exposedHeaders
            return
        }
        guard !origins.allowed.isEmpty else { return }
        response.headers.append(.vary, "Origin")
        guard let origin = allowedOrigin(of: request) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlAllowCredentials] = "true"
        response.headers[.accessControlExposeHeaders] = CORSPolicy.exposedHeaders
    }

    private static let exposedHeaders = "DPoP-Nonce, ETag, Retry-After, WWW-Authenticate, X-Request-Id"

    private func isPublic(_ request: Request) -> Bool { publicPaths.contains(request.path) }

    private func allowedOrigin(of request: Request) -> String? {
        let claimed = request.headers[values: .origin]
        return claimed.count == 1 && origins.allowed.contains(claimed[0]) ? claimed[0] : nil
    }
}
