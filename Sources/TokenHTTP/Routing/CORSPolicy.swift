import HTTPTypes
import Hummingbird

/// Lets the pages of `http.allowedOrigins`, and of no other origin, read answers (CORS, Fetch standard §3.2). Never
/// `*`.
struct CORSPolicy: Sendable {
    let origins: OriginList

    /// The answer to a preflight; nil for any other request, and for an origin that is not allowed.
    func preflight(_ request: Request, routes: RouteTable) -> Response? {
        guard request.method == .options, request.headers[.accessControlRequestMethod] != nil,
            allowedOrigin(of: request) != nil, let methods = routes.methods(at: request.uri.path)
        else { return nil }
        return Response(
            status: .noContent,
            headers: [
                .accessControlAllowMethods: methods.joined(separator: ", "),
                .accessControlAllowHeaders: "Authorization, Content-Type, X-CSRF-Token",
                .accessControlMaxAge: "600",
            ])
    }

    /// Adds the headers that let an allowed page read the answer, and `Vary`, since the answer depends on the origin.
    func mark(_ response: inout Response, for request: Request) {
        guard !origins.allowed.isEmpty else { return }
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        guard let origin = allowedOrigin(of: request) else { return }
        response.headers[.accessControlAllowOrigin] = origin
        response.headers[.accessControlAllowCredentials] = "true"
        response.headers[.accessControlExposeHeaders] = "Retry-After, WWW-Authenticate, X-Request-Id"
    }

    private func allowedOrigin(of request: Request) -> String? {
        let claimed = request.headers[values: .origin]
        return claimed.count == 1 && origins.allowed.contains(claimed[0]) ? claimed[0] : nil
    }
}
