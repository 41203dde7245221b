import NIOCore

/// Closes a connection on which a receiver sends more than an answer has. The HTTP client reads interim answers (1xx)
/// as long as they come, which would keep a processor busy until the time is over.
///
/// It is the first handler of its channel, so that it counts what comes from the network, encrypted or not.
final class WebhookAnswerLimit: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    struct Exceeded: Error {}

    private static let maximumBytes = 262_144

    /// Since the last write, which belongs to the request.
    private var received = 0

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        received += unwrapInboundIn(data).readableBytes
        if received <= WebhookAnswerLimit.maximumBytes {
            context.fireChannelRead(data)
        } else {
            context.fireErrorCaught(Exceeded())
            context.close(promise: nil)
        }
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        received = 0
        context.write(data, promise: promise)
    }
}
