import NIOCore
import NIOHTTP1

/// Refuses a connection whose first line is not of HTTP. NIO's parser also accepts RTSP, ICE and lines without a
/// version, and does not report which it was.
final class FirstLineCheck: ChannelInboundHandler, RemovableChannelHandler {
    typealias InboundIn = ByteBuffer
    typealias InboundOut = ByteBuffer

    /// ` HTTP/1.1`
    private static let versionLength = 9

    /// The end of the line, as far as it has arrived.
    private var end: [UInt8] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        var bytes = unwrapInboundIn(data).readableBytesView
        // Empty lines may precede the first request (RFC 9112 §2.2). The parser skips them.
        if end.isEmpty { bytes = bytes.drop { $0 == UInt8(ascii: "\r") || $0 == UInt8(ascii: "\n") } }
        let newline = bytes.firstIndex(of: UInt8(ascii: "\n"))
        let length = FirstLineCheck.versionLength + 1
        end = Array((end + bytes[..<(newline ?? bytes.endIndex)].suffix(length)).suffix(length))
        guard newline != nil else { return context.fireChannelRead(data) }
        if end.last == UInt8(ascii: "\r") { end.removeLast() }
        guard end.suffix(FirstLineCheck.versionLength).starts(with: " HTTP/".utf8) else {
            return context.fireErrorCaught(HTTPParserError.invalidConstant)
        }
        context.fireChannelRead(data)
        context.pipeline.syncOperations.removeHandler(self, promise: nil)
    }
}
