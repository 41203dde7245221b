/// How a verifier asks the token service. ``HTTPTransport`` is the usual one; tests bring their own.
public protocol VerifierTransport: Sendable {
    /// Sends a GET request.
    ///
    /// - Throws: when there was no answer in time. An answer with an error status is an answer.
    func get(_ url: String, headers: [(name: String, value: String)], timeout: Duration) async throws -> VerifierAnswer
}

/// What came back.
public struct VerifierAnswer: Sendable {
    public let status: Int
    public let etag: String?
    public let body: [UInt8]

    public init(status: Int, etag: String? = nil, body: [UInt8]) {
        self.status = status
        self.etag = etag
        self.body = body
    }
}
