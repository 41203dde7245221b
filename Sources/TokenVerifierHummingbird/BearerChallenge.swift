import HTTPTypes
public import Hummingbird

/// Why a request is refused, and its answer as RFC 6750 §3 defines it.
public enum BearerChallenge: HTTPResponseError {
    /// 401: the request has no bearer token. The challenge has no error code.
    case missing
    /// 400: the request has more than one credential, or one with a byte outside ASCII.
    case invalidRequest
    /// 401: the token was refused.
    case invalidToken
    /// 401: the token has expired, or its claims have changed since. The body is a problem document (RFC 9457) with the
    /// code `expired_token` and the action `refresh`.
    case expiredToken
    /// 403: the token lacks at least one of these scopes.
    case insufficientScope([String])
    /// 503: the keys have not been fetched yet, so the token could not be judged.
    case unavailable

    /// The status of the answer.
    public var status: HTTPResponse.Status {
        switch self {
        case .missing, .invalidToken, .expiredToken: .unauthorized
        case .invalidRequest: .badRequest
        case .insufficientScope: .forbidden
        case .unavailable: .serviceUnavailable
        }
    }

    private var challenge: String? {
        switch self {
        case .missing: "Bearer"
        case .invalidRequest: "Bearer error=\"invalid_request\""
        case .invalidToken: "Bearer error=\"invalid_token\""
        case .expiredToken:
            "Bearer error=\"invalid_token\", error_description=\"The access token has expired. Refresh it.\""
        case .insufficientScope(let scopes):
            "Bearer error=\"insufficient_scope\", scope=\"\(scopes.joined(separator: " "))\""
        case .unavailable: nil
        }
    }

    /// Makes the answer: the status, `WWW-Authenticate` or `Retry-After`, and no body but for ``expiredToken``.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.wwwAuthenticate] = challenge
        if case .unavailable = self { headers[BearerChallenge.retryAfter] = "1" }
        guard case .expiredToken = self else { return Response(status: status, headers: headers) }
        headers[.contentType] = "application/problem+json"
        return Response(
            status: status, headers: headers,
            body: ResponseBody(byteBuffer: ByteBuffer(staticString: BearerChallenge.problem)))
    }

    private static let problem: StaticString = """
        {"type":"urn:heirloom:problem:expired_token","title":"Expired token","status":401,\
        "detail":"The access token has expired. Refresh it.",\
        "code":"expired_token","action":"refresh"}
        """

    // The name is constant and valid.
    private static let retryAfter = HTTPField.Name("Retry-After")!
}
