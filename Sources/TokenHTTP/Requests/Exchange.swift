package import Accounts
import HTTPTypes
import StrictCoding

/// One request as a controller sees it.
package struct Exchange: Sendable {
    package let request: Request
    /// Where the request came from, beyond the trusted proxies.
    package let address: ClientAddress
    let maxBodyBytes: Int
    let connection: ConnectionContext
    /// The variable part of the path; empty if the route has none.
    package var pathParameter = ""
    /// The id by which the request is found in the log.
    package var requestID = ""
    /// Whether a trusted proxy sent the request, so that its `X-Forwarded-*` headers count.
    var isFromTrustedProxy = false

    /// The `User-Agent` header.
    package var userAgent: String? { request.headers[.userAgent] }

    /// Whether a browser loads the page before anybody has asked for it. Such a request must have no effect.
    package var isPrefetch: Bool {
        request.headers[values: .secPurpose].contains { $0.utf8.containsWord("prefetch") }
    }

    /// Whether a program wants a document, rather than a browser a page.
    package var wantsDocument: Bool {
        guard let accepted = request.headers[.accept]?.utf8 else { return false }
        return accepted.containsWord("application/json") && !accepted.containsWord("text/html")
    }

    /// The whole body.
    ///
    /// - Throws: `payload_too_large` for a body over `http.maxBodyBytes`, `unsupported_media_type` for a compressed
    ///   one, `invalid_request` for one that was cut short.
    func body() async throws -> [UInt8] {
        if let coding = request.headers[.contentEncoding], !coding.utf8.trimmingSpaces().isWord("identity") {
            var problem = Problem(.unsupportedMediaType, "Send the body without Content-Encoding.")
            // RFC 9110 §12.5.3.
            problem.headers[.acceptEncoding] = "identity"
            throw problem
        }
        do {
            // A number that does not fit into an integer is too large as well.
            if let length = request.headers[.contentLength], Int(length).map({ $0 > maxBodyBytes }) ?? true {
                throw RequestBody.TooLarge()
            }
            return try await connection.body()
        } catch is RequestBody.TooLarge {
            throw Problem(.payloadTooLarge, "The body is larger than \(maxBodyBytes) bytes.")
        } catch {
            // The connection failed. It has answered, or nobody can.
            throw Problem(.invalidRequest, "The body did not arrive completely.")
        }
    }

    /// What `wait` returns; nil when the client hangs up meanwhile, which cancels it.
    func unlessClientLeaves<Value: Sendable>(
        _ wait: @escaping @Sendable () async throws -> Value
    ) async throws -> Value? {
        let task = Task { try await wait() }
        connection.onHangUp { task.cancel() }
        let value = try await withTaskCancellationHandler {
            try await task.value
        } onCancel: {
            task.cancel()
        }
        return task.isCancelled && !Task.isCancelled ? nil : value
    }

    /// The body as a JSON object.
    ///
    /// - Parameter optional: whether an absent body is an empty object.
    /// - Throws: `payload_too_large`, `unsupported_media_type` or `invalid_request`.
    func json(optional: Bool = false) async throws -> JSONMembers {
        let body = try await body()
        if body.isEmpty, optional { return JSONMembers(members: [:]) }
        let value = try value(of: body)
        guard case .object(let members) = value else {
            throw Problem(.invalidRequest, "The body is \(value.kind); expected a JSON object.")
        }
        return JSONMembers(members: members)
    }

    /// The body as any JSON value, with members that are null.
    ///
    /// - Throws: `payload_too_large`, `unsupported_media_type` or `invalid_request`.
    func jsonValue() async throws -> JSON { try value(of: try await body()) }

    private func value(of body: [UInt8]) throws -> JSON {
        guard hasMediaType("application/json") else {
            throw Problem(.unsupportedMediaType, "Send JSON with Content-Type: application/json.")
        }
        do { return try JSONReader.read(body) } catch {
            throw Problem(.invalidRequest, "The body is not valid JSON: \(error.description).")
        }
    }

    /// The body as a form.
    ///
    /// - Parameter optional: whether an absent body is a form without fields.
    /// - Throws: `payload_too_large`, `unsupported_media_type` or `invalid_request`.
    package func form(optional: Bool = false) async throws -> FormFields {
        try FormFields(try await formBytes(optional: optional))
    }

    /// The body as a form that is not decoded.
    ///
    /// - Parameter optional: whether an absent body is a form without fields.
    /// - Throws: `payload_too_large`, `unsupported_media_type` or `invalid_request`.
    package func formBytes(optional: Bool = false) async throws -> [UInt8] {
        let body = try await body()
        if body.isEmpty, optional { return body }
        guard hasMediaType("application/x-www-form-urlencoded") else {
            throw Problem(
                .unsupportedMediaType, "Send a form with Content-Type: application/x-www-form-urlencoded.")
        }
        return body
    }

    /// Whether the body has a media type, with any parameters and in any case.
    func hasMediaType(_ mediaType: String) -> Bool {
        guard let claimed = request.headers[.contentType]?.utf8 else { return false }
        return claimed.prefix { $0 != UInt8(ascii: ";") }.trimmingSpaces().isWord(mediaType)
    }
}
