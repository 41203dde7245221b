import NIOCore

/// The first handler that sees what the client sends. Notices before anything else in the pipeline does that the client
/// has closed its side: NIO's pipelining handler holds that event back while bytes behind the request wait. Drops what
/// arrives behind the last answer: NIO's parser would keep all of it after a request that asks for another protocol.
final class InputGate: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    private let handler: ConnectionHandler

    init(_ handler: ConnectionHandler) { self.handler = handler }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if handler.state != .draining { context.fireChannelRead(data) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { handler.clientHungUp() }
        context.fireUserInboundEventTriggered(event)
    }
}
