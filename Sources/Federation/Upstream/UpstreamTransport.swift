/// Sends requests to providers. ``HTTPUpstreamTransport`` is the implementation for production.
package protocol UpstreamTransport: Sendable {
    /// Sends a request and follows no redirect.
    ///
    /// - Returns: the answer, whatever its status.
    /// - Throws: ``UpstreamFailure``.
    func send(_ request: UpstreamRequest) async throws(UpstreamFailure) -> UpstreamAnswer
}
