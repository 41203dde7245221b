import NIOCore

/// The limits of connections and of requests.
enum HTTPLimits {
    /// Of the public listener.
    static let connections = 16_384
    /// Of the admin listener.
    static let adminConnections = 256
    static let headerBytes = 16 * 1024
    static let headerCount = 100
    /// From the start of a connection, or the end of the last answer, to the whole head of the next request.
    static let idle = TimeAmount.seconds(60)
    /// From the head of a request to the end of its body.
    static let request = TimeAmount.seconds(10)
}
