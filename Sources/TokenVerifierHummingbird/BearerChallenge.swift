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
    /// 403: the token lacks at least one of these scopes.
    case insufficientScope([String])
    /// 503: the keys have not been fetched yet, so the token could not be judged.
    case unavailable

    /// The status of the answer.
    public var status: HTTPResponse.Status {
        switch self {
        case .missing, .invalidToken: .unauthorized
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
        case .insufficientScope(let scopes):
            "Bearer error=\"insufficient_scope\", scope=\"\(scopes.joined(separator: " "))\""
        case .unavailable: nil
        }
    }

    /// Makes the answer: the status, `WWW-Authenticate` or `Retry-After`, and no body.
    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.wwwAuthenticate] = challenge
        if case .unavailable = self { headers[BearerChallenge.retryAfter] = "1" }
        return Response(status: status, headers: headers)
    }

    // The name is constant and valid.
    private static let retryAfter = HTTPField.Name("Retry-After")!
}
