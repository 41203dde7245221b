import HummingbirdCore
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// The pipeline of one connection: ``HangUpSensor``, ``FirstLineCheck``, NIO's HTTP/1 parser within ``HTTPLimits``,
/// NIO's pipelining handler, the rules of ``ConnectionHandler``, and Hummingbird's responder.
struct HTTPConnection: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
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
            let handler = ConnectionHandler(rules: rules, logger: logger)
            try pipeline.addHandler(HangUpSensor { handler.clientHungUp() })
            try pipeline.addHandler(FirstLineCheck())
            // HTTPTypes validates outbound headers.
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
            try pipeline.addHandler(handler)
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }
}

extension HTTPServerBuilder {
    /// HTTP/1.1, over TLS if there is a certificate.
    static func heirloom(rules: ConnectionRules, certificate: TLSCertificate?) -> HTTPServerBuilder {
        HTTPServerBuilder { HTTPConnection(responder: $0, rules: rules, certificate: certificate) }
    }
}
