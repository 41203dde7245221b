package import NIOCore
import NIOPosix
import NIOSSL

/// Asks a listener of this process for `/health/live`, as a client would.
package struct LivenessProbe: Sendable {
    private let address: SocketAddress
    private let tls: NIOSSLContext?

    /// - Parameters:
    ///   - address: what the listener is bound to.
    ///   - isSecure: whether it uses TLS.
    package init(_ address: SocketAddress, isSecure: Bool) throws {
        self.address = address
        var configuration = TLSConfiguration.makeClientConfiguration()
        // The certificate may be for any name; it is this process that answers.
        configuration.certificateVerification = .none
        tls = isSecure ? try NIOSSLContext(configuration: configuration) : nil
    }

    /// Whether the answer is 200 and begins within a time.
    package func answers(within time: TimeAmount) async -> Bool {
        let loop = MultiThreadedEventLoopGroup.singleton.next()
        let promise = loop.makePromise(of: Bool.self)
        let timeout = loop.scheduleTask(in: time) { promise.succeed(false) }
        let connected = ClientBootstrap(group: loop).connectTimeout(time)
            .channelInitializer { [tls] channel in
                channel.eventLoop.makeCompletedFuture {
                    let pipeline = channel.pipeline.syncOperations
                    if let tls { try pipeline.addHandler(NIOSSLClientHandler(context: tls, serverHostname: nil)) }
                    try pipeline.addHandler(Handler(promise))
                }
            }
            .connect(to: address)
        connected.whenFailure { _ in promise.succeed(false) }
        let isAlive = (try? await promise.futureResult.get()) ?? false
        timeout.cancel()
        connected.whenSuccess { $0.close(promise: nil) }
        return isAlive
    }

    private final class Handler: ChannelInboundHandler {
        typealias InboundIn = ByteBuffer
        typealias OutboundOut = ByteBuffer

        private let promise: EventLoopPromise<Bool>
        private var answer: [UInt8] = []
        private let success = Array("HTTP/1.1 200 ".utf8)

        init(_ promise: EventLoopPromise<Bool>) { self.promise = promise }

        func channelActive(context: ChannelHandlerContext) {
            let request = "GET /health/live HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n"
            context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: request)), promise: nil)
        }

        func channelRead(context: ChannelHandlerContext, data: NIOAny) {
            answer += unwrapInboundIn(data).readableBytesView
            if answer.count >= success.count { promise.succeed(answer.starts(with: success)) }
        }

        func channelInactive(context: ChannelHandlerContext) { promise.succeed(false) }

        func errorCaught(context: ChannelHandlerContext, error: any Error) { promise.succeed(false) }
    }
}
