import NIOCore

/// The limits of connections and of requests.
enum HTTPLimits {
    /// Of the public listener.
    static let connections = 16_384
    /// Of the admin listener.
    static let adminConnections = 256
    static let headerBytes = 16 * 1024
    static let headerCount = 100
    /// What is read of a connection before others get their turn: most requests whole, or some short ones at once.
    static let readBytes = 2048
    /// Unsent bytes of a connection in the kernel, which doubles this number for its own use.
    static let sendBuffer = 128 * 1024
    /// Unread bytes of a connection in the kernel, which doubles this number for its own use. A client that has more
    /// than sixty small requests under way on a connection may have to send some of them again.
    static let receiveBuffer = 32 * 1024
    /// How many requests behind another are answered before other connections get their turn. One read without TLS
    /// holds fewer.
    static let pipelinedRequests = 100
}

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
