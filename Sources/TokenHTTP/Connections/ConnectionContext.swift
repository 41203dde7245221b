import Hummingbird

/// What is known of the connection that a request came by.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    /// The peer's IP address.
    let peer: String

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        let address = source.channel.remoteAddress?.ipAddress ?? "unknown"
        // A socket that listens on `::` reports an IPv4 client by its IPv4-mapped IPv6 address.
        peer = address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }
}
