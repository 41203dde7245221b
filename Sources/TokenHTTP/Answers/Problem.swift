package import HTTPTypes
import NIOCore
import StrictCoding
import TokenVerifier

/// An error as an answer: a problem document (RFC 9457) with a stable `code` and an `action`.
package struct Problem: Error {
    /// The stable code that clients rely on.
    package let code: Code
    /// A sentence for people.
    package let detail: String
    let action: Action
    /// The status of the answer.
    package let status: HTTPResponse.Status
    /// The headers that the answer has besides those of its format.
    package var headers: HeaderFields = [:]

    /// What a client should do.
    package enum Action: String, Sendable {
        /// Start again: this session, or this attempt to get one, has ended.
        case login
        /// Refresh the access token, which has expired, and send the request again.
        case refresh
        /// Send the same request again after `Retry-After`: it changed nothing.
        case retry
        /// Correct the request.
        case fix
    }

    /// - Parameters:
    ///   - detail: a sentence for people.
    ///   - action: nil for the usual action of `code`.
    ///   - status: nil for the usual status of `code`.
    ///   - challenge: the `WWW-Authenticate` of an answer with status 401 (RFC 9110 §11.6.1); nil for the usual one of
    ///     `code`.
    package init(
        _ code: Code, _ detail: String, action: Action? = nil, status: HTTPResponse.Status? = nil,
        challenge: Challenge? = nil
    ) {
        self.code = code
        self.detail = detail
        self.action = action ?? code.usualAction
        self.status = status ?? code.status
        guard self.status == .unauthorized else { return }
        for value in (challenge ?? (code.isOfToken ? .invalidToken : .token)).values {
            headers.append(.wwwAuthenticate, value)
        }
    }

    /// A challenge for a client to authenticate.
    package enum Challenge: Sendable {
        /// The request has no credential (RFC 6750 §3.1, RFC 9449 §7.1).
        case token
        case invalidToken
        /// The request has a token that is bound to a key, or a proof. The error is a code of RFC 9449 §7.1.
        case dpop(error: String)
        case adminToken
        case invalidAdminToken
        case basic

        /// Each is the value of a header field of its own.
        fileprivate var values: [String] {
            switch self {
            case .token: ["Bearer", "DPoP \(Challenge.algorithms)"]
            case .invalidToken: ["Bearer error=\"invalid_token\"", "DPoP \(Challenge.algorithms)"]
            case .dpop(let error): ["DPoP error=\"\(error)\", \(Challenge.algorithms)"]
            case .adminToken: ["Bearer"]
            case .invalidAdminToken: ["Bearer error=\"invalid_token\""]
            case .basic: ["Basic realm=\"heirloom\", charset=\"UTF-8\""]
            }
        }

        private static let algorithms = "algs=\"\(ProofGate.algorithms.joined(separator: " "))\""
    }

    /// A short text for people, the same for every problem of a code.
    package var title: String { code.title }

    package var response: Response {
        let body = JSONWriter.object { json in
            json.member("type", "urn:heirloom:problem:\(code.rawValue)")
            json.member("title", title)
            json.member("status", status.code)
            json.member("detail", detail)
            json.member("code", code.rawValue)
            json.member("action", action.rawValue)
        }
        var response = Response(status: status, headers: headers, body: ByteBuffer(bytes: body))
        response.headers[.contentType] = "application/problem+json"
        response.headers[.cacheControl] = "no-store"
        return response
    }
}
