/// Why a ``ClientTransport`` has no answer.
public enum TransportFailure: Error, Sendable, Equatable {
    /// The request has certainly not reached the server, for example because no connection could be made.
    case notSent
    /// The request may have reached the server.
    case noAnswer
}
