import Logging
import NIOCore

/// What is known of the connection that a request came by, and the way to the request's body.
struct ConnectionContext: Sendable {
    let peer: TrustedProxies.Peer
    let logger: Logger
    /// The body, if it had arrived when the request was given to the responder.
    let wholeBody: [UInt8]?
    let connection: NIOLoopBound<ConnectionHandler>

    /// The body. Makes the client send one that it holds back.
    ///
    /// - Throws: ``RequestBody/TooLarge``, or ``RequestBody/Incomplete``.
    func body() async throws -> [UInt8] {
        if let wholeBody { return wholeBody }
        return try await connection.eventLoop.flatSubmit { connection.value.wantBody() }.get()
    }

    /// Calls `act` once, when the client hangs up before it has the whole answer.
    func onHangUp(_ act: @escaping @Sendable () -> Void) {
        connection.run { $0.onHangUp(act) }
    }
}

extension NIOLoopBound where Value == ConnectionHandler {
    /// Calls `act` on the event loop, at once if this is its thread.
    func run(_ act: @escaping @Sendable (ConnectionHandler) -> Void) {
        if eventLoop.inEventLoop { act(value) } else { eventLoop.execute { act(value) } }
    }
}
