import HTTPTypes
import NIOCore
import NIOHTTP1

/// Writing answers.
extension ConnectionHandler {
    /// Writes the answer to the request under way, from the thread on which the responder ended.
    static func send(_ response: inout Response, by connection: NIOLoopBound<ConnectionHandler>, isHead: Bool) async {
        guard case .stream(let write) = response.body, !isHead else {
            // Without a closure that keeps the response, so that its headers are not copied.
            if connection.eventLoop.inEventLoop { return connection.value.answer(&response) }
            return connection.run { [response] handler in
                var response = response
                handler.answer(&response)
            }
        }
        do {
            try await connection.eventLoop.flatSubmit { [response] in connection.value.begin(response) }.get()
            try await write(AnswerStream(connection))
            connection.run { $0.end() }
        } catch {
            // Closed without an end, so that the client does not take a part of the answer for all of it. A refusal in
            // its place is complete, and ends the connection.
            connection.run { if $0.isAnswerWanted { $0.context?.close(promise: nil) } }
        }
    }

    /// Writes a whole answer. That to a HEAD has no body.
    func answer(_ response: inout Response) {
        guard let context, isAnswerWanted, !hasAnswerBegun else { return }
        finish(context) {
            switch response.body {
            case .bytes(let bytes):
                writeHead(&response, length: bytes.readableBytes, context)
                if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: nil) }
                writeEnd(context)
            case .stream:
                // NIO would write the end of a body, which the client would read as the next answer.
                isLast = true
                let written = context.eventLoop.makePromise(of: Void.self)
                writeHead(&response, length: nil, promise: written, context)
                drain(after: written, context)
            }
        }
    }

    /// Writes the end of an answer and flushes it. The write may deliver the next request, or the end of input,
    /// synchronously. `isResponding` defers the answer to that request until the flush, because that answer may close
    /// the connection. After the end of input, the connection is closed when no bytes are unsent.
    private func finish(_ context: ChannelHandlerContext, _ write: () -> Void) {
        let isWithinAnother = isResponding
        isResponding = true
        write()
        context.flush()
        isResponding = isWithinAnother
        if !isWithinAnother { respond(context) }
    }

    /// Writes the head of an answer whose length is not known. Succeeds when the kernel has taken it.
    private func begin(_ response: Response) -> EventLoopFuture<Void> {
        var response = response
        return writePart { writeHead(&response, length: nil, promise: $1, $0) }
    }

    /// Writes a piece of an answer. Succeeds when the kernel has taken it.
    func write(_ bytes: ByteBuffer) -> EventLoopFuture<Void> {
        writePart { $0.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: $1) }
    }

    /// Ends an answer whose length was not known.
    private func end() {
        guard let context, isAnswerWanted else { return }
        finish(context) { writeEnd(context) }
    }

    private var isAnswerWanted: Bool { state == .readingBody || state == .answering }

    /// A part that the kernel has taken moves the deadline.
    private func writePart(_ write: (ChannelHandlerContext, EventLoopPromise<Void>) -> Void) -> EventLoopFuture<Void> {
        guard let context, isAnswerWanted else { return eventLoop.makeFailedFuture(ChannelError.ioOnClosedChannel) }
        let written = eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { [self] in
            if state == .answering { deadline = .now() + rules.deadlines.answer }
        }
        write(context, written)
        context.flush()
        return written.futureResult
    }

    /// - Parameter length: nil when it is not known.
    private func writeHead(
        _ response: inout Response, length: Int?, promise: EventLoopPromise<Void>? = nil,
        _ context: ChannelHandlerContext
    ) {
        let status = HTTPResponseStatus(
            statusCode: response.status.code, reasonPhrase: response.status.reasonPhrase)
        var head = HTTPResponseHead(version: version, status: status, headers: response.headers.removeAll())
        // An answer to HTTP/1.0 is not chunked: without a length it ends with the connection.
        isLast = isLast || state == .readingBody || version == .http1_0 && length == nil
        if let length {
            // Neither status has a body (RFC 9110 §8.6).
            if ![204, 304].contains(response.status.code) {
                head.headers.add(name: "Content-Length", value: String(length))
            }
        } else if version != .http1_0 {
            head.headers.add(name: "Transfer-Encoding", value: "chunked")
        }
        head.headers.add(name: "Date", value: rules.date.text)
        if isLast {
            head.headers.add(name: "Connection", value: "close")
        } else if version == .http1_0 {
            head.headers.add(name: "Connection", value: "keep-alive")
        }
        hasAnswerBegun = true
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    private func writeEnd(_ context: ChannelHandlerContext) {
        hasAnswerBegun = false
        hangUp = nil
        guard isLast || state == .readingBody else {
            state = .awaitingHead
            deadline = .now() + rules.deadlines.idle
            return context.write(wrapOutboundOut(.end(nil)), promise: nil)
        }
        let written = eventLoop.makePromise(of: Void.self)
        drain(after: written, context)
        context.write(wrapOutboundOut(.end(nil)), promise: written)
    }

    /// Writes nothing more, but discards what still arrives: closing a socket that has unread bytes would destroy the
    /// answer on its way (RFC 9112 §9.6). Until the answer is on its way, the deadline stays as it is.
    private func drain(after written: EventLoopPromise<Void>, _ context: ChannelHandlerContext) {
        state = .draining
        written.futureResult.assumeIsolated().whenSuccess { [self] in
            deadline = .now() + rules.deadlines.drain
            context.close(mode: .output, promise: nil)
            context.eventLoop.assumeIsolated().scheduleTask(in: rules.deadlines.drain) { context.close(promise: nil) }
        }
    }
}
