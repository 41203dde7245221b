import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections that are too slow: a request must begin within one time, and end within another. A client that
/// sends single bytes gains no time, since only whole parts count.
final class ConnectionDeadlines: ChannelDuplexHandler, RemovableChannelHandler {
    typealias InboundIn = HTTPRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPResponsePart

    private let idle: TimeAmount
    private let request: TimeAmount
    private var deadline = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?

    /// - Parameters:
    ///   - idle: from the start of the connection, or the end of the last answer, to the whole head of the next
    ///     request.
    ///   - request: from the head of a request to the end of its body.
    init(idle: TimeAmount, request: TimeAmount) {
        self.idle = idle
        self.request = request
    }

    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { watch(context) } }

    func channelActive(context: ChannelHandlerContext) {
        watch(context)
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head: deadline = .now() + request
        case .body: break
        case .end: deadline = .distantFuture
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        if case .end = unwrapOutboundIn(data) { deadline = .now() + idle }
        context.write(data, promise: promise)
    }

    /// A request that does not parse is answered, and then the connection is closed without reading the rest.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        context.fireErrorCaught(error)
    }

    private func watch(_ context: ChannelHandlerContext) {
        deadline = .now() + idle
        check(context.channel)
    }

    /// One timer for each connection that checks the deadline from time to time, rather than one for each request.
    private func check(_ channel: any Channel) {
        if deadline <= .now() {
            channel.close(promise: nil)
            return
        }
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        timer = channel.eventLoop.scheduleTask(deadline: min(deadline, .now() + request)) { bound.value.check(channel) }
    }
}
