import HummingbirdCore
import HummingbirdTLS
import NIOCore
import NIOSSL

/// The bounds of a connection.
enum HTTPLimits {
    static let connections = 16_384
    /// Of the admin listener.
    static let adminConnections = 256
    static let headerBytes = 16 * 1024
    static let headerCount = 100
    static let idle = TimeAmount.seconds(60)
    static let request = TimeAmount.seconds(10)
}

extension HTTPServerBuilder {
    /// HTTP/1.1 within ``HTTPLimits``, over TLS where there are files for it.
    static func heirloom(tls: PublicListener.TLSFiles?) throws -> HTTPServerBuilder {
        let http1 = HTTPServerBuilder.http1(
            configuration: .init(
                additionalChannelHandlers: [ConnectionDeadlines(idle: HTTPLimits.idle, request: HTTPLimits.request)],
                httpDecoderConfiguration: .init(
                    maxHeaderFieldSize: HTTPLimits.headerBytes, maxHeaderListSize: HTTPLimits.headerBytes,
                    maxHeaderFieldCount: HTTPLimits.headerCount)))
        guard let tls else { return http1 }
        let chain = try NIOSSLCertificate.fromPEMFile(tls.certificate).map { NIOSSLCertificateSource.certificate($0) }
        let key = try NIOSSLPrivateKey(file: tls.privateKey, format: .pem)
        var configuration = TLSConfiguration.makeServerConfiguration(
            certificateChain: chain, privateKey: .privateKey(key))
        configuration.minimumTLSVersion = .tlsv12
        return try .tls(http1, tlsConfiguration: configuration)
    }
}
