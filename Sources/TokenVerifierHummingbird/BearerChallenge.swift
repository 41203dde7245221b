import HTTPTypes
public import Hummingbird

/// Why a request is refused, and its answer as RFC 6750 §3 defines it. The body of a 401 is a problem document
/// (RFC 9457).
public enum BearerChallenge: HTTPResponseError {
    /// 401: the request has no bearer token. The challenge has no error code.
    case missing
    /// 400: the request has more than one credential, or one with a byte outside ASCII.
    case invalidRequest
    /// 401: the token was refused.
    case invalidToken
    /// 401: the token has expired, or its claims have changed since. The code is `expired_token` and the action
    /// `refresh`.
    case expiredToken
    /// 403: the token lacks at least one of these scopes.
    case insufficientScope([String])
    /// 503: the keys have not been fetched yet, so the token could not be judged.
    case unavailable

    /// The status of the answer.
    public var status: HTTPResponse.Status { answer.status }

    private var answer: ChallengeAnswer {
        switch self {
        case .missing: ChallengeAnswer(status: .unauthorized, challenge: "Bearer", problem: .missing)
        case .invalidRequest: ChallengeAnswer(status: .badRequest, challenge: "Bearer error=\"invalid_request\"")
        case .invalidToken:
            ChallengeAnswer(
                status: .unauthorized, challenge: "Bearer error=\"invalid_token\"", problem: .invalidToken)
        case .expiredToken:
            ChallengeAnswer(
                status: .unauthorized,
                challenge: "Bearer error=\"invalid_token\", "
                    + "error_description=\"The access token has expired. Refresh it.\"", problem: .expiredToken)
        case .insufficientScope(let scopes):
            ChallengeAnswer(
                status: .forbidden,
                challenge: "Bearer error=\"insufficient_scope\", scope=\"\(scopes.joined(separator: " "))\"")
        case .unavailable:
            ChallengeAnswer(
                status: .serviceUnavailable, challenge: nil, headers: [BearerChallenge.retryAfter: "1"])
        }
    }

    /// Makes the answer: the status, `WWW-Authenticate` or `Retry-After`, and for 401 a body.
    public func response(from request: Request, context: some RequestContext) throws -> Response { answer.response }

    // The name is constant and valid.
    private static let retryAfter = HTTPField.Name("Retry-After")!
}
