import HTTPTypes
import NIOCore
import StrictCoding
import TokenCore

/// An error of the `/oauth` endpoints (RFC 6749 §5.2): a short JSON object, never a problem document.
struct OAuthError: Error {
    enum Code: String, CaseIterable {
        case invalidRequest = "invalid_request"
        case invalidClient = "invalid_client"
        case invalidGrant = "invalid_grant"
        case unauthorizedClient = "unauthorized_client"
        case unsupportedGrantType = "unsupported_grant_type"
        case invalidScope = "invalid_scope"
        /// RFC 7009 §2.2.1.
        case unsupportedTokenType = "unsupported_token_type"
        /// RFC 9449 §5 and §8.
        case invalidDPoPProof = "invalid_dpop_proof"
        case useDPoPNonce = "use_dpop_nonce"
        /// Nothing was changed; try again. With status 429 and 503, for which RFC 6749 has no code.
        case temporarilyUnavailable = "temporarily_unavailable"
        case serverError = "server_error"
    }

    let code: Code
    let detail: String
    let status: HTTPResponse.Status
    private(set) var headers: HeaderFields = [:]

    init(_ code: Code, _ detail: String) {
        self.code = code
        self.detail = detail
        status = .badRequest
    }

    init(notPermitted permission: ClientRecord.Permission) {
        self.init(.unauthorizedClient, "This client does not have the permission \(permission.rawValue).")
    }

    /// The OAuth error for a problem, with the problem's status and headers.
    init(_ problem: Problem) {
        code =
            switch problem.code {
            case .invalidCredentials: .invalidClient
            case .invalidToken, .expiredToken, .sessionRevoked, .reuseDetected: .invalidGrant
            case .insufficientScope: .invalidScope
            case .invalidDPoPProof: .invalidDPoPProof
            case .useDPoPNonce: .useDPoPNonce
            case .unavailable, .providerUnavailable, .tooManyAttempts: .temporarilyUnavailable
            case .internal: .serverError
            case .invalidRequest, .csrfFailed, .notFound, .conflict, .methodNotAllowed, .payloadTooLarge,
                .unsupportedMediaType, .weakPassword, .providerRefused, .notAllowed:
                .invalidRequest
            }
        detail = problem.detail
        status = code == .invalidGrant ? .badRequest : problem.status
        headers = problem.headers
        if code == .invalidGrant { headers[.wwwAuthenticate] = nil }
    }

    /// Whether errors of the endpoint at a path have this format.
    static func isFormat(of path: String) -> Bool { path.hasPrefix("/oauth/") }

    var response: Response {
        let body = JSONWriter.object { json in
            json.member("error", code.rawValue)
            json.member("error_description", description)
        }
        var headers = headers
        headers[.contentType] = "application/json"
        headers[.cacheControl] = "no-store"
        return Response(status: status, headers: headers, body: ByteBuffer(bytes: body))
    }

    /// The detail in the characters that RFC 6749 §5.2 allows.
    private var description: String {
        String(
            detail.unicodeScalars.compactMap { scalar -> Character? in
                switch scalar {
                case "\"": "'"
                case "\\": nil
                case " "..."~": Character(scalar)
                default: nil
                }
            })
    }
}
