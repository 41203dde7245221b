import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOHTTPTypes
import NIOHTTPTypesHTTP1
import NIOPosix

/// A connection's rules: which requests reach the responder, how long each state may last, and when the connection ends
/// (RFC 9112 §9).
///
/// It stands between NIO's parser, with NIO's pipelining handler, which delivers one request at a time, and the
/// responder. A connection ends after an answer that precedes the end of its request's body: what follows would be read
/// as the next request.
final class ConnectionHandler: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPRequestPart
    typealias OutboundIn = HTTPResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    /// The responder reads the request's body. Makes the client send a body that it holds back (RFC 9110 §10.1.1).
    struct BodyWanted: Sendable {}

    /// The responder waits for something, and need not wait any longer when the client hangs up.
    struct OnHangUp: Sendable { let act: @Sendable () -> Void }

    /// The connection failed before the whole request had arrived. The client has its answer, or has gone.
    struct RequestIncomplete: Error {}

    private enum State {
        case awaitingHead
        case readingBody
        /// The request is complete, its answer is not.
        case answering
        /// The last answer was written. What arrives is discarded.
        case draining
    }

    private let rules: ConnectionRules
    private let logger: Logger

    private var state = State.awaitingHead
    private var deadline = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    /// The address that the connection is counted for.
    private var counted: String?

    // Of the request under way
    private var version = HTTPVersion.http1_1
    private var isHead = false
    private var holdsBodyBack = false
    private var isLast = false
    private var hasAnswerBegun = false
    private var hangUp: OnHangUp?
    /// Whether the client sends nothing more.
    private var isInputClosed = false

    init(rules: ConnectionRules, logger: Logger) {
        self.rules = rules
        self.logger = logger
    }
}

// MARK: - The start and the end of the connection

extension ConnectionHandler {
    func handlerAdded(context: ChannelHandlerContext) { if context.channel.isActive { start(context) } }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    private func start(_ context: ChannelHandlerContext) {
        rules.configure(context.channel)
        do { counted = try rules.admit(context.channel) } catch { return context.close(promise: nil) }
        deadline = .now() + rules.deadlines.idle
        check(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        if let counted { rules.limit.release(counted) }
        counted = nil
        hangUp?.act()
        hangUp = nil
        // Without this, a body that was cut short would look complete.
        if state == .readingBody { context.fireErrorCaught(RequestIncomplete()) }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            switch state {
            case .awaitingHead: context.close(promise: nil)
            // The parser reports a request that is cut short.
            case .readingBody, .draining: break
            case .answering: isLast = true
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// The client sends nothing more. What it sent before may still be on its way through the pipeline.
    func clientHungUp() {
        isInputClosed = true
        hangUp?.act()
        hangUp = nil
    }

    /// Writes nothing more, but discards what still arrives: closing a socket that has unread bytes would destroy the
    /// answer on its way (RFC 9112 §9.6).
    private func drain(_ context: ChannelHandlerContext) {
        state = .draining
        deadline = .now() + rules.deadlines.drain
        context.close(mode: .output, promise: nil)
        context.eventLoop.assumeIsolated().scheduleTask(in: rules.deadlines.drain) { context.close(promise: nil) }
    }

    func close(context: ChannelHandlerContext, mode: CloseMode, promise: EventLoopPromise<Void>?) {
        // The responder closes its output when it reads no more requests. This handler does that itself.
        if mode == .output, state == .draining {
            promise?.succeed()
        } else {
            context.close(mode: mode, promise: promise)
        }
    }

    /// One timer for each connection that checks the deadline from time to time, rather than one for each request.
    private func check(_ context: ChannelHandlerContext) {
        let isIdle = state == .awaitingHead
        let extra = rules.deadlines.idle - rules.deadlines.idleWhenNearlyFull
        if deadline <= .now() || isIdle && deadline <= .now() + extra && rules.limit.isNearlyFull {
            return expire(context)
        }
        let next = min(deadline, .now() + rules.deadlines.idleWhenNearlyFull)
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.check(context) }
    }

    private func expire(_ context: ChannelHandlerContext) {
        if state == .readingBody, !hasAnswerBegun {
            refuse(
                Problem(.invalidRequest, "The body did not arrive in time.", status: .requestTimeout), context)
        } else {
            context.close(promise: nil)
        }
    }
}

// MARK: - Requests

extension ConnectionHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .awaitingHead): begin(head, context)
        case (.body(let bytes), .readingBody):
            holdsBodyBack = false
            context.fireChannelRead(wrapInboundOut(.body(bytes)))
        case (.end, .readingBody):
            state = .answering
            deadline = .now() + rules.deadlines.answer
            context.fireChannelRead(wrapInboundOut(.end(nil)))
        default: break
        }
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        version = head.version
        isHead = head.method == .HEAD
        hasAnswerBegun = false
        if let refusal = head.refusal() { return refuse(refusal, context) }
        guard let request = try? head.request(isSecure: rules.isSecure) else {
            return refuse(Problem(.invalidRequest, "The method is not a token."), context)
        }
        holdsBodyBack = version == .http1_1 && head.headers.contains(name: "expect")
        // NIO's parser stops at a request that asks for another protocol.
        let isUpgrade = head.method == .CONNECT || head.headers.contains(name: "upgrade")
        let isKept = version == .http1_1 || head.headers.hasConnectionOption("keep-alive")
        let isEnding = rules.drain?.hasBegun == true
        isLast = !isKept || isUpgrade || isEnding || head.headers.hasConnectionOption("close")
        state = .readingBody
        deadline = .now() + rules.deadlines.body
        context.fireChannelRead(wrapInboundOut(.head(request)))
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        switch event {
        case is BodyWanted:
            guard holdsBodyBack, state == .readingBody, !hasAnswerBegun else { break }
            holdsBodyBack = false
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        case let event as OnHangUp:
            if isInputClosed || !context.channel.isActive { event.act() } else { hangUp = event }
        default: return context.triggerUserOutboundEvent(event, promise: promise)
        }
        promise?.succeed()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (error, state) {
        // Nothing more is read.
        case (is HTTPParserError, .draining), (is ByteToMessageDecoderError, _): break
        case (let mistake as HTTPParserError, _): refuse(Problem(mistake), context)
        default: context.close(promise: nil)
        }
    }

    /// Answers a request in the responder's place, and ends the connection.
    private func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        guard !hasAnswerBegun else { return context.close(promise: nil) }
        let wasReading = state == .readingBody
        rules.refused(problem.status)
        hasAnswerBegun = true
        isLast = true
        state = .answering
        let document = problem.document
        var head = problem.head
        let requestID = RequestID.make()
        head.headerFields[.contentLength] = String(document.readableBytes)
        head.headerFields[.xContentTypeOptions] = "nosniff"
        head.headerFields[.xRequestID] = requestID
        logger.debug(
            "A request is refused before it is routed",
            metadata: ["status": "\(problem.status.code)", "reason": "\(problem.detail)", "request_id": "\(requestID)"])
        writeHead(head, promise: nil, context)
        if !isHead { context.write(wrapOutboundOut(.body(.byteBuffer(document))), promise: nil) }
        writeEnd(promise: nil, context)
        context.flush()
        if wasReading { context.fireErrorCaught(RequestIncomplete()) }
    }
}

// MARK: - Answers

extension ConnectionHandler {
    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        guard state == .readingBody || state == .answering else {
            promise?.fail(ChannelError.ioOnClosedChannel)
            return
        }
        let promise = progress(promise, context)
        switch unwrapOutboundIn(data) {
        case .head(let head): writeHead(head, promise: promise, context)
        case .body(let bytes): context.write(wrapOutboundOut(.body(.byteBuffer(bytes))), promise: promise)
        case .end: writeEnd(promise: promise, context)
        }
    }

    /// A promise that also moves the deadline: a part that the kernel has taken is progress.
    private func progress(_ promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) -> EventLoopPromise<
        Void
    >? {
        guard state == .answering, let promise else { return promise }
        promise.futureResult.assumeIsolated().whenSuccess { [self] in
            if state == .answering { deadline = .now() + rules.deadlines.answer }
        }
        return promise
    }

    private func writeHead(
        _ response: HTTPResponse, promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext
    ) {
        var head = HTTPResponseHead(response)
        // An answer to HTTP/1.0 is not chunked: without a length it ends with the connection.
        head.version = version
        let isUnbounded = version == .http1_0 && !head.headers.contains(name: "content-length")
        isLast = isLast || state == .readingBody || isUnbounded
        if isLast {
            head.headers.replaceOrAdd(name: "connection", value: "close")
        } else if version == .http1_0 {
            head.headers.replaceOrAdd(name: "connection", value: "keep-alive")
        }
        hasAnswerBegun = true
        context.write(wrapOutboundOut(.head(head)), promise: promise)
    }

    private func writeEnd(promise: EventLoopPromise<Void>?, _ context: ChannelHandlerContext) {
        hasAnswerBegun = false
        hangUp = nil
        guard isLast || state == .readingBody else {
            state = .awaitingHead
            deadline = .now() + rules.deadlines.idle
            return context.write(wrapOutboundOut(.end(nil)), promise: promise)
        }
        // Until the answer is on its way, the state stays as it is, with its deadline.
        state = .draining
        let written = promise ?? context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenSuccess { [self] in drain(context) }
        context.write(wrapOutboundOut(.end(nil)), promise: written)
    }
}
