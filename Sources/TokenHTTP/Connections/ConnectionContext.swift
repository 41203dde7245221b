import Hummingbird
import Logging
import NIOCore

/// What a connection tells of itself.
struct ConnectionContext: RequestContext {
    var coreContext: CoreRequestContextStorage
    let peer: String

    init(source: ApplicationRequestContextSource) {
        coreContext = CoreRequestContextStorage(source: source)
        let address = source.channel.remoteAddress?.ipAddress ?? "unknown"
        // An IPv4 client of a socket that listens on `::` comes in IPv6 clothes.
        peer = address.hasPrefix("::ffff:") && address.contains(".") ? String(address.dropFirst(7)) : address
    }
}
