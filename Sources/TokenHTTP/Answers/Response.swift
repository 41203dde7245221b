package import HTTPTypes
package import NIOCore

/// An answer to a request.
package struct Response: Sendable {
    package var status: HTTPResponse.Status
    package var headers: HeaderFields
    let body: Body

    enum Body: Sendable {
        case bytes(ByteBuffer)
        /// Written piece by piece. The answer ends when the function returns.
        case stream(@Sendable (AnswerStream) async throws -> Void)
    }

    package init(status: HTTPResponse.Status, headers: HeaderFields = [:], body: ByteBuffer = ByteBuffer()) {
        self.status = status
        self.headers = headers
        self.body = .bytes(body)
    }

    /// An answer whose length is not known when it begins.
    init(
        status: HTTPResponse.Status, headers: HeaderFields,
        stream: @escaping @Sendable (AnswerStream) async throws -> Void
    ) {
        self.status = status
        self.headers = headers
        body = .stream(stream)
    }

    /// In bytes; nil for an answer whose length is not known when it begins.
    package var contentLength: Int? {
        if case .bytes(let bytes) = body { bytes.readableBytes } else { nil }
    }
}
