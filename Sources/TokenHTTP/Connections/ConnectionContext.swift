import Hummingbird
import NIOCore

/// What is known of the connection that a request came by.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The peer's IP address; nil for the peer of a Unix socket.
    let peer: String?
    private let channel: any Channel

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        channel = source.channel
        guard channel.localAddress?.protocol != .unix else {
            peer = nil
            return
        }
        let address = source.channel.remoteAddress?.ipAddress ?? "unknown"
        // A socket that listens on `::` reports an IPv4 client by its IPv4-mapped IPv6 address.
        peer = address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }

    /// Makes the client send a body that it holds back.
    func wantBody() { channel.triggerUserOutboundEvent(ConnectionHandler.BodyWanted(), promise: nil) }

    /// Calls `act` once, when the client hangs up before it has the whole answer.
    func onHangUp(_ act: @escaping @Sendable () -> Void) {
        channel.triggerUserOutboundEvent(ConnectionHandler.OnHangUp(act: act), promise: nil)
    }
}
