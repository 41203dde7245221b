import NIOCore

/// The first handler that sees what the client sends.
///
/// - Notices before anything else in the pipeline does that the client has closed its side: NIO's pipelining handler
///   holds that event back while bytes behind the request wait.
/// - Drops what arrives behind the last answer: NIO's parser would keep all of it after a request that asks for
///   another protocol.
/// - Reads the socket once ahead while a request is answered, though the pipelining handler wants no more. Usually
///   nothing has arrived. This saves two system calls a request, by which the event loop would stop to wait for input
///   and begin again.
final class InputGate: ChannelDuplexHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer
    typealias OutboundIn = IOData

    private let handler: ConnectionHandler
    /// Whether the pipeline has not asked for the next bytes. They are ahead only if the answer is not complete then.
    private var isAhead = false
    /// Whether such bytes have arrived. No more are read before the pipeline asks.
    private var isFull = false

    init(_ handler: ConnectionHandler) { self.handler = handler }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        isFull = isFull || isAhead && handler.state == .answering
        if handler.state != .draining { context.fireChannelRead(data) }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        context.fireChannelReadComplete()
        guard !isFull else { return }
        isAhead = true
        context.read()
    }

    func read(context: ChannelHandlerContext) {
        (isAhead, isFull) = (false, false)
        context.read()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { handler.clientHungUp() }
        context.fireUserInboundEventTriggered(event)
    }
}
