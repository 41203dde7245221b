import HTTPTypes

extension Problem {
    /// Everything that can go wrong. The codes are stable, since clients rely on them.
    package enum Code: String, CaseIterable, Sendable {
        case invalidRequest = "invalid_request"
        case invalidCredentials = "invalid_credentials"
        case invalidToken = "invalid_token"
        case expiredToken = "expired_token"
        case sessionRevoked = "session_revoked"
        case reuseDetected = "reuse_detected"
        case insufficientScope = "insufficient_scope"
        case csrfFailed = "csrf_failed"
        case notFound = "not_found"
        /// Only on the admin listener.
        case conflict
        case methodNotAllowed = "method_not_allowed"
        case payloadTooLarge = "payload_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case tooManyAttempts = "too_many_attempts"
        case weakPassword = "weak_password"
        case invalidDPoPProof = "invalid_dpop_proof"
        case useDPoPNonce = "use_dpop_nonce"
        case unavailable
        case `internal`
    }
}

extension Problem.Code {
    private var row: (status: HTTPResponse.Status, title: String, action: Problem.Action) {
        switch self {
        case .invalidRequest: (.badRequest, "Invalid request", .fix)
        case .invalidCredentials: (.unauthorized, "Invalid credentials", .login)
        case .invalidToken: (.unauthorized, "Invalid token", .login)
        case .expiredToken: (.unauthorized, "Expired token", .login)
        case .sessionRevoked: (.unauthorized, "Session ended", .login)
        case .reuseDetected: (.unauthorized, "Refresh token used before", .login)
        case .insufficientScope: (.forbidden, "Insufficient scope", .fix)
        case .csrfFailed: (.forbidden, "Request from another site", .fix)
        case .notFound: (.notFound, "Not found", .fix)
        case .conflict: (.conflict, "Conflict", .fix)
        case .methodNotAllowed: (.methodNotAllowed, "Method not allowed", .fix)
        case .payloadTooLarge: (.contentTooLarge, "Request too large", .fix)
        case .unsupportedMediaType: (.unsupportedMediaType, "Unsupported media type", .fix)
        case .tooManyAttempts: (.tooManyRequests, "Too many attempts", .retry)
        case .weakPassword: (.badRequest, "Weak password", .fix)
        // With status 401 where an access token is needed (RFC 9449 §7.1).
        case .invalidDPoPProof: (.badRequest, "Invalid DPoP proof", .fix)
        case .useDPoPNonce: (.badRequest, "DPoP nonce needed", .retry)
        case .unavailable: (.serviceUnavailable, "Service unavailable", .retry)
        case .internal: (.internalServerError, "Internal error", .retry)
        }
    }

    var status: HTTPResponse.Status { row.status }
    var title: String { row.title }
    /// The action of a problem that names none.
    var usualAction: Problem.Action { row.action }

    /// Whether a bearer token is the cause (RFC 6750 §3.1, `invalid_token`).
    var isOfToken: Bool {
        switch self {
        case .invalidToken, .expiredToken, .sessionRevoked, .reuseDetected: true
        default: false
        }
    }
}
