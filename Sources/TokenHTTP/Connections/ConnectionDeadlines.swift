import HTTPTypes
import NIOCore
import NIOHTTPTypes

/// Closes connections that are too slow: so long for a request to begin, so long for it to end. A client that drips
/// bytes gains nothing by it, since only whole parts count.
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
    ///   - idle: from the connection's beginning or the last answer's end to the next request's whole head.
    ///   - request: from a request's head to its body's end.
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

    /// What does not parse is answered and then cut off, however much of it is still to come.
    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        let channel = context.channel
        context.eventLoop.scheduleTask(in: .seconds(1)) { channel.close(promise: nil) }
        context.fireErrorCaught(error)
    }

    private func watch(_ context: ChannelHandlerContext) {
        deadline = .now() + idle
        check(context.channel)
    }

    /// One timer a connection that looks now and then, rather than one a request.
    private func check(_ channel: any Channel) {
        if deadline <= .now() {
            channel.close(promise: nil)
            return
        }
        let bound = NIOLoopBound(self, eventLoop: channel.eventLoop)
        timer = channel.eventLoop.scheduleTask(deadline: min(deadline, .now() + request)) { bound.value.check(channel) }
    }
}
