/// Sends the requests of a ``HeirloomClient``. ``URLSessionTransport`` is the implementation for production.
public protocol ClientTransport: Sendable {
    /// Sends a request once. An implementation follows no redirects, stores no cookies and does not repeat a request.
    ///
    /// - Returns: the whole answer, whatever its status.
    /// - Throws: ``TransportFailure``, or any other error, which counts as ``TransportFailure/noAnswer``.
    func send(_ request: ClientRequest) async throws -> ClientAnswer
}
