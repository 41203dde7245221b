import HTTPTypes
import Hummingbird
import NIOCore
import StrictCoding

/// An error as the wire tells it: a problem document (RFC 9457) with a stable `code` and an `action`.
struct Problem: Error {
    /// The one table of what can go wrong. Codes are stable; clients decide by them.
    enum Code: String, CaseIterable {
        case invalidRequest = "invalid_request"
        case invalidCredentials = "invalid_credentials"
        case invalidToken = "invalid_token"
        case expiredToken = "expired_token"
        case sessionRevoked = "session_revoked"
        case reuseDetected = "reuse_detected"
        case insufficientScope = "insufficient_scope"
        case csrfFailed = "csrf_failed"
        case notFound = "not_found"
        /// On the admin listener: what is to be made is there already.
        case conflict
        case methodNotAllowed = "method_not_allowed"
        case payloadTooLarge = "payload_too_large"
        case unsupportedMediaType = "unsupported_media_type"
        case tooManyAttempts = "too_many_attempts"
        case weakPassword = "weak_password"
        case unavailable
        case `internal`
    }

    /// What a client should do.
    enum Action: String {
        /// Start over: this session, or this attempt to get one, is at its end.
        case login
        /// Nothing was consumed; send the same again after `Retry-After`.
        case retry
        /// The request is wrong.
        case fix
    }

    var code: Code
    var detail: String
    var action: Action
    var headers: HTTPFields = [:]

    init(_ code: Code, _ detail: String, action: Action? = nil) {
        self.code = code
        self.detail = detail
        self.action = action ?? code.row.action
        if code.row.status == .unauthorized {
            headers[.wwwAuthenticate] = code.isTokenError ? "Bearer error=\"invalid_token\"" : "Bearer"
        }
    }

    /// No credential was sent at all: a bare challenge (RFC 6750 §3.1).
    static var missingCredential: Problem {
        var problem = Problem(.invalidToken, "This needs an access token: Authorization: Bearer …")
        problem.headers[.wwwAuthenticate] = "Bearer"
        return problem
    }

    /// No confidential client proved itself. Whether the name or the secret is wrong is not told.
    static var invalidClient: Problem {
        var problem = Problem(
            .invalidCredentials, "This needs a confidential client that proves who it is with its secret or its key.",
            action: .fix)
        problem.headers[.wwwAuthenticate] = "Basic realm=\"heirloom\", charset=\"UTF-8\""
        return problem
    }

    static func methodNotAllowed(allowed: [String]) -> Problem {
        var problem = Problem(.methodNotAllowed, "This path takes \(allowed.joined(separator: ", ")).")
        problem.headers[.allow] = allowed.joined(separator: ", ")
        return problem
    }

    static func tooManyAttempts(retryAfterSeconds: Int) -> Problem {
        var problem = Problem(.tooManyAttempts, "Too many failed attempts. Try again in \(retryAfterSeconds) s.")
        problem.headers[.retryAfter] = String(retryAfterSeconds)
        return problem
    }

    static func unavailable(_ detail: String) -> Problem {
        var problem = Problem(.unavailable, detail)
        problem.headers[.retryAfter] = "1"
        return problem
    }

    var status: HTTPResponse.Status { code.row.status }
    var title: String { code.row.title }

    var response: Response {
        let row = code.row
        let body = JSONWriter.object { json in
            json.member("type", "urn:heirloom:problem:\(code.rawValue)")
            json.member("title", row.title)
            json.member("status", row.status.code)
            json.member("detail", detail)
            json.member("code", code.rawValue)
            json.member("action", action.rawValue)
        }
        var headers = headers
        headers[.contentType] = "application/problem+json"
        headers[.cacheControl] = "no-store"
        return Response(status: row.status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
    }
}

extension Problem.Code {
    fileprivate var row: (status: HTTPResponse.Status, title: String, action: Problem.Action) {
        switch self {
        case .invalidRequest: (.badRequest, "The request is not understood", .fix)
        case .invalidCredentials: (.unauthorized, "The name or the password is wrong", .login)
        case .invalidToken: (.unauthorized, "The token is not valid", .login)
        case .expiredToken: (.unauthorized, "The token has expired", .login)
        case .sessionRevoked: (.unauthorized, "The session was ended", .login)
        case .reuseDetected: (.unauthorized, "The refresh token was used before", .login)
        case .insufficientScope: (.forbidden, "The token's scope does not allow this", .fix)
        case .csrfFailed: (.forbidden, "The request did not come from a page of this origin", .fix)
        case .notFound: (.notFound, "There is no such thing here", .fix)
        case .conflict: (.conflict, "There is one already", .fix)
        case .methodNotAllowed: (.methodNotAllowed, "The path does not take this method", .fix)
        case .payloadTooLarge: (.contentTooLarge, "The request is too large", .fix)
        case .unsupportedMediaType: (.unsupportedMediaType, "The media type is not accepted", .fix)
        case .tooManyAttempts: (.tooManyRequests, "Too many attempts", .retry)
        case .weakPassword: (.badRequest, "The password is too weak", .fix)
        case .unavailable: (.serviceUnavailable, "The service cannot answer now", .retry)
        case .internal: (.internalServerError, "Something went wrong here", .retry)
        }
    }

    fileprivate var isTokenError: Bool {
        switch self {
        case .invalidToken, .expiredToken, .sessionRevoked, .reuseDetected: true
        default: false
        }
    }
}
