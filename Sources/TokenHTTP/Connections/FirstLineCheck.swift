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
        let bytes = unwrapInboundIn(data).readableBytesView
        guard let newline = bytes.firstIndex(of: UInt8(ascii: "\n")) else {
            end = Array((end + bytes.suffix(FirstLineCheck.versionLength + 1)).suffix(FirstLineCheck.versionLength + 1))
            return context.fireChannelRead(data)
        }
        var line = (end + bytes[..<newline].suffix(FirstLineCheck.versionLength + 1))[...]
        if line.last == UInt8(ascii: "\r") { line.removeLast() }
        guard line.suffix(FirstLineCheck.versionLength).starts(with: " HTTP/".utf8) || line.isEmpty else {
            return context.fireErrorCaught(HTTPParserError.invalidConstant)
        }
        context.fireChannelRead(data)
        // An empty line may precede the first request (RFC 9112 §2.2).
        if !line.isEmpty { context.pipeline.syncOperations.removeHandler(self, promise: nil) }
    }
}
