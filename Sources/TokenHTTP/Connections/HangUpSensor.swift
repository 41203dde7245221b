import NIOCore

/// Notices that the client has closed its side, before anything else in the pipeline does. NIO's pipelining handler
/// holds that event back while bytes behind the request wait.
final class HangUpSensor: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let notify: () -> Void

    init(notify: @escaping () -> Void) { self.notify = notify }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { notify() }
        context.fireUserInboundEventTriggered(event)
    }
}
