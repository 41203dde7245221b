package import HTTPTypes
package import Hummingbird
import NIOCore
import StrictCoding

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
    package var headers: HTTPFields = [:]

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
        guard code.status == .unauthorized else { return }
        headers[.wwwAuthenticate] = (challenge ?? (code.isOfToken ? .invalidToken : .bearer)).rawValue
    }

    /// A challenge for a client to authenticate.
    package enum Challenge: String, Sendable {
        /// The request has no credential (RFC 6750 §3.1).
        case bearer = "Bearer"
        case invalidToken = "Bearer error=\"invalid_token\""
        case basic = "Basic realm=\"heirloom\", charset=\"UTF-8\""
    }

    /// A short text for people, the same for every problem of a code.
    package var title: String { code.title }

    /// The body of the answer.
    var document: ByteBuffer {
        let body = JSONWriter.object { json in
            json.member("type", "urn:heirloom:problem:\(code.rawValue)")
            json.member("title", title)
            json.member("status", status.code)
            json.member("detail", detail)
            json.member("code", code.rawValue)
            json.member("action", action.rawValue)
        }
        return ByteBuffer(bytes: body)
    }

    /// The head of the answer.
    var head: HTTPResponse {
        var head = HTTPResponse(status: status, headerFields: headers)
        head.headerFields[.contentType] = "application/problem+json"
        head.headerFields[.cacheControl] = "no-store"
        return head
    }

    package var response: Response {
        Response(status: head.status, headers: head.headerFields, body: ResponseBody(byteBuffer: document))
    }
}
