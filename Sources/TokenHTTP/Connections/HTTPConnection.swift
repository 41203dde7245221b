import HummingbirdCore
import HummingbirdTLS
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOSSL

/// The pipeline of one connection: ``FirstLineCheck``, NIO's HTTP/1 parser within ``HTTPLimits``, NIO's pipelining
/// handler, the rules of ``ConnectionHandler``, and Hummingbird's responder.
struct HTTPConnection: HTTPChannelHandler {
    typealias Value = NIOAsyncChannel<HTTPRequestPart, HTTPResponsePart>

    let responder: HTTPChannelHandler.Responder
    let rules: ConnectionRules

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<Value> {
        channel.eventLoop.makeCompletedFuture {
            var limits = NIOHTTPDecoderLimitConfiguration()
            limits.maxHeaderFieldSize = HTTPLimits.headerBytes
            limits.maxHeaderListSize = HTTPLimits.headerBytes
            limits.maxHeaderFieldCount = HTTPLimits.headerCount
            let pipeline = channel.pipeline.syncOperations
            try pipeline.addHandler(FirstLineCheck())
            // HTTPTypes validates outbound headers.
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: false, withOutboundHeaderValidation: false,
                withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
            try pipeline.addHandler(ConnectionHandler(rules: rules, logger: logger))
            return try NIOAsyncChannel(
                wrappingChannelSynchronously: channel, configuration: .init(isOutboundHalfClosureEnabled: true))
        }
    }

    func handle(value: Value, logger: Logger) async { await handleHTTP(asyncChannel: value, logger: logger) }
}

extension HTTPServerBuilder {
    /// HTTP/1.1, over TLS 1.2 or later if there are files for it.
    static func heirloom(rules: ConnectionRules, tls: TLSFiles?) throws -> HTTPServerBuilder {
        let http1 = HTTPServerBuilder { HTTPConnection(responder: $0, rules: rules) }
        guard let tls else { return http1 }
        let chain = try NIOSSLCertificate.fromPEMFile(tls.certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: tls.privateKey, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return try .tls(http1, tlsConfiguration: configuration)
    }
}
