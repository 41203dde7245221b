import NIOCore

/// How long a connection may stay in each of its states.
struct ConnectionDeadlines: Sendable {
    /// From the start of the connection, or the end of the last answer, to the whole head of the next request.
    var idle = TimeAmount.seconds(60)
    /// The same when most of the listener's connections are in use.
    var idleWhenNearlyFull = TimeAmount.seconds(5)
    /// From the head of a request to the end of its body.
    var body = TimeAmount.seconds(10)
    /// From the end of a request, or from the last part of its answer that the kernel took, to the next part.
    var answer = TimeAmount.seconds(90)
    /// From the end of the last answer to the end of the connection.
    var drain = TimeAmount.seconds(1)
}
