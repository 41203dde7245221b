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
