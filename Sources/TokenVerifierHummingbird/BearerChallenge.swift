import HTTPTypes
public import Hummingbird

/// Why a request is turned away, as RFC 6750 §3 has it told.
public enum BearerChallenge: HTTPResponseError {
    /// No credential was sent: a bare challenge.
    case missing
    /// Two credentials at once.
    case invalidRequest
    case invalidToken
    case insufficientScope([String])
    /// The keys could not be fetched yet: no fault of the token's.
    case unavailable

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

    public func response(from request: Request, context: some RequestContext) throws -> Response {
        var headers: HTTPFields = [.cacheControl: "no-store"]
        headers[.wwwAuthenticate] = challenge
        if case .unavailable = self { headers[BearerChallenge.retryAfter] = "1" }
        return Response(status: status, headers: headers)
    }

    // A constant name that is known to be valid.
    private static let retryAfter = HTTPField.Name("Retry-After")!
}
