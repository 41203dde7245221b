import Accounts
import CoreMetrics
import HTTPTypes
import NIOCore

#if os(Linux)
    import Glibc
#endif

/// The rules for the connections of one listener.
struct ConnectionRules: Sendable {
    let limit: ConnectionLimit
    /// Connections from these proxies are not counted by address, because they carry the requests of many clients. Nil
    /// when no connection is counted.
    let proxies: TrustedProxies?
    /// Nil for a listener that is not drained ahead of its end.
    var drain: Drain?
    var deadlines = ConnectionDeadlines()
    let date = DateHeader()

    private struct TooManyConnections: Error {}

    /// Counts a connection by its peer's address.
    ///
    /// - Returns: what to release when the connection ends; nil when it is not counted.
    /// - Throws: an error when the address has too many connections.
    func admit(_ channel: any Channel) throws -> String? {
        guard let proxies, let peer = channel.remoteAddress?.ipAddress, !proxies.isTrusted(peer) else { return nil }
        guard let address = ClientAddress(peer).prefix else { return nil }
        guard limit.admit(address) else {
            Counter(label: "heirloom_http_connections_refused_total").increment()
            throw TooManyConnections()
        }
        return address
    }

    /// The peer's IP address; nil for the peer of a Unix socket.
    static func peer(of channel: any Channel) -> String? {
        guard channel.localAddress?.protocol != .unix else { return nil }
        let address = channel.remoteAddress?.ipAddress ?? "unknown"
        // A socket that listens on `::` reports an IPv4 client by its IPv4-mapped IPv6 address.
        return address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }

    /// Bounds what the kernel holds of a connection.
    func configure(_ channel: any Channel) {
        guard let options = channel.syncOptions else { return }
        try? options.setOption(.socketOption(.so_sndbuf), value: .init(HTTPLimits.sendBuffer))
        // NIO reads all that the kernel holds when the client has closed its side, even while its requests must wait.
        // Linux does not enlarge a buffer whose size was set (tcp(7)). The client's first window stays 64 KiB.
        try? options.setOption(.socketOption(.so_rcvbuf), value: .init(HTTPLimits.receiveBuffer))
        // One read before other connections get their turn: the requests in it are answered at once.
        try? options.setOption(.maxMessagesPerRead, value: 1)
        let buffer = FixedSizeRecvByteBufferAllocator(capacity: HTTPLimits.readBytes)
        try? options.setOption(.recvAllocator, value: buffer)
        #if os(Linux)
            // Milliseconds that sent bytes may stay unacknowledged, or unsent for want of a window (tcp(7)).
            let timeout = ChannelOptions.Types.SocketOption(level: .tcp, name: .init(rawValue: TCP_USER_TIMEOUT))
            try? options.setOption(timeout, value: .init(deadlines.answer.nanoseconds / 1_000_000))
        #endif
    }

    /// Counts a request that was refused before it was routed.
    func refused(_ status: HTTPResponse.Status) {
        Counter(label: "heirloom_http_requests_refused_total", dimensions: [("status", String(status.code))])
            .increment()
    }
}
