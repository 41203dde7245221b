import NIOCore
import NIOEmbedded
import NIOHTTP1
import NIOHTTPCompression

/// The gzip format (RFC 1952), for documents that are compressed once.
enum Gzip {
    /// SwiftNIO offers its zlib through channel handlers only.
    static func compress(_ bytes: [UInt8]) throws -> [UInt8] {
        let channel = EmbeddedChannel(handler: NIOHTTPRequestCompressor(encoding: .gzip))
        let head = HTTPRequestHead(version: .http1_1, method: .POST, uri: "/")
        channel.write(HTTPClientRequestPart.head(head), promise: nil)
        channel.write(HTTPClientRequestPart.body(.byteBuffer(ByteBuffer(bytes: bytes))), promise: nil)
        channel.write(HTTPClientRequestPart.end(nil), promise: nil)
        channel.flush()
        var compressed: [UInt8] = []
        while let part = try channel.readOutbound(as: HTTPClientRequestPart.self) {
            if case .body(.byteBuffer(let buffer)) = part { compressed += buffer.readableBytesView }
        }
        _ = try channel.finish()
        return compressed
    }
}
