/// An answer of the token service to a request of a ``VerifierTransport``.
public struct VerifierAnswer: Sendable {
    /// The HTTP status code.
    public let status: Int
    /// The value of `ETag`, with its quotation marks; nil if there is none.
    public let etag: String?
    /// The whole body.
    public let body: [UInt8]

    /// Makes an answer from its parts.
    public init(status: Int, etag: String? = nil, body: [UInt8]) {
        self.status = status
        self.etag = etag
        self.body = body
    }
}
