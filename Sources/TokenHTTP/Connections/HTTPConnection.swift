import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import ServiceLifecycle

/// The pipeline of one connection: ``InputGate``, ``FirstLineCheck``, NIO's HTTP/1 parser within ``HTTPLimits``, NIO's
/// pipelining handler, and ``ConnectionHandler``.
struct HTTPConnection: ServerChildChannel {
    struct Value: ServerChildChannelValue {
        let channel: any Channel
        fileprivate let handler: NIOLoopBound<ConnectionHandler>
    }

    let responder: Responder
    let rules: ConnectionRules
    /// Nil for plain HTTP.
    let certificate: TLSCertificate?

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = HTTPLimits.headerBytes
            limits.maxHeaderListSize = HTTPLimits.headerBytes
            limits.maxHeaderFieldCount = HTTPLimits.headerCount
            let pipeline = channel.pipeline.syncOperations
            if let certificate { try pipeline.addHandler(NIOSSLServerHandler(context: certificate.context)) }
            let handler = ConnectionHandler(
                rules: rules, responder: responder, eventLoop: channel.eventLoop, logger: logger)
            try pipeline.addHandler(InputGate(handler))
            try pipeline.addHandler(FirstLineCheck())
            // The handler frames each body, and HeaderFields has valid outbound headers only.
            var framing = HTTPResponseEncoder.Configuration()
            framing.automaticallySetFramingHeaders = false
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: framing, withDecoderLimitConfiguration: limits)
            try pipeline.addHandler(handler)
            return Value(channel: channel, handler: NIOLoopBound(handler, eventLoop: channel.eventLoop))
        }
    }

    /// Waits for the end of the connection and of its last task. Cuts both off when it is cancelled.
    func handle(value: Value, logger: Logger) async {
        await withTaskCancellationHandler {
            try? await value.channel.closeFuture.get()
            await (try? value.channel.eventLoop.submit { value.handler.value.task }.get())?.value
        } onCancel: {
            value.handler.run { $0.cutOff() }
        }
    }
}
