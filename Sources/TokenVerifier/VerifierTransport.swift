/// Sends the requests of a verifier to the token service. ``HTTPTransport`` is the implementation for production.
public protocol VerifierTransport: Sendable {
    /// Sends a GET request.
    ///
    /// - Parameters:
    ///   - url: the absolute URL.
    ///   - headers: the request's header fields.
    ///   - timeout: the longest time until the whole answer is there.
    /// - Returns: the answer, whatever its status.
    /// - Throws: any error if there is no complete answer in time.
    func get(_ url: String, headers: [(name: String, value: String)], timeout: Duration) async throws -> VerifierAnswer
}
