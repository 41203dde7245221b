import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1
import NIOPosix

/// One connection: gives its requests to the responder one after the other, writes the answers, and decides how long
/// each state may last and when the connection ends (RFC 9112 §9).
///
/// It is the last handler of the pipeline, behind NIO's parser and NIO's pipelining handler, which delivers one request
/// at a time. A request is answered on the connection's event loop, in a task that runs at once until it first has to
/// wait. A connection ends after an answer that precedes the end of its request's body: what follows would be read as
/// the next request.
final class ConnectionHandler: ChannelInboundHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundOut = HTTPServerResponsePart

    enum State {
        case awaitingHead
        case readingBody
        /// The request is complete, its answer is not.
        case answering
        /// The last answer was written. What arrives is discarded.
        case draining
    }

    let rules: ConnectionRules
    let responder: Responder
    let logger: Logger

    var state = State.awaitingHead
    var deadline = NIODeadline.distantFuture
    private var timer: Scheduled<Void>?
    let eventLoop: any EventLoop
    let executor: LoopExecutor
    /// Nil before the handler is added, and after it is removed.
    private(set) var context: ChannelHandlerContext?
    var peer: TrustedProxies.Peer
    /// The address that the connection is counted for.
    private var counted: String?

    // Of the request under way
    var version = HTTPVersion.http1_1
    var isHead = false
    var holdsBodyBack = false
    var isLast = false
    var hasAnswerBegun = false
    var body: RequestBody
    /// The request, until the responder gets it.
    var waiting: Request?
    /// Whether the responder is being given requests, or an answer is being written.
    var isResponding = false
    /// How many requests behind another the responder has got since other connections had their turn.
    var pipelined = 0
    /// Answers the request, or has answered the last one.
    var task: Task<Void, Never>?
    /// What to do when the client hangs up before it has the whole answer.
    var hangUp: (@Sendable () -> Void)?
    /// Whether the client sends nothing more.
    private var isInputClosed = false

    init(rules: ConnectionRules, responder: Responder, eventLoop: any EventLoop, logger: Logger) {
        self.rules = rules
        self.responder = responder
        self.eventLoop = eventLoop
        executor = LoopExecutor(eventLoop)
        self.logger = logger
        peer = responder.proxies.peer(nil)
        body = RequestBody(limit: responder.maxBodyBytes)
    }
}

// MARK: - The start and the end of the connection

extension ConnectionHandler {
    func handlerAdded(context: ChannelHandlerContext) {
        self.context = context
        if context.channel.isActive { start(context) }
    }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelActive(context: ChannelHandlerContext) {
        start(context)
        context.fireChannelActive()
    }

    private func start(_ context: ChannelHandlerContext) {
        rules.configure(context.channel)
        peer = responder.proxies.peer(ConnectionRules.peer(of: context.channel))
        do { counted = try rules.admit(context.channel) } catch { return context.close(promise: nil) }
        deadline = .now() + rules.deadlines.idle
        check(context)
    }

    func channelInactive(context: ChannelHandlerContext) {
        timer?.cancel()
        if let counted { rules.limit.release(counted) }
        counted = nil
        clientHungUp()
        // Without this, a body that was cut short would look complete.
        if state == .readingBody { body.fail() }
        context.fireChannelInactive()
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event {
            switch state {
            case .awaitingHead:
                deadline = .now() + rules.deadlines.answer
                closeAfterAnswers(context)
            // The parser reports a request that is cut short.
            case .readingBody, .draining: break
            case .answering: isLast = true
            }
        }
        context.fireUserInboundEventTriggered(event)
    }

    /// Closes the connection when the kernel has taken the answers that were written. NIO would drop the rest of them.
    private func closeAfterAnswers(_ context: ChannelHandlerContext) {
        state = .draining
        guard unsentBytes(context) > 0, deadline > .now() else { return context.close(promise: nil) }
        eventLoop.assumeIsolated().scheduleTask(in: .milliseconds(10)) { self.closeAfterAnswers(context) }
    }

    /// Bytes of answers that the kernel has not taken.
    private func unsentBytes(_ context: ChannelHandlerContext) -> Int {
        (try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)) ?? 0
    }

    /// The client sends nothing more. What it sent before may still be on its way through the pipeline.
    func clientHungUp() {
        isInputClosed = true
        hangUp?()
        hangUp = nil
    }

    /// Calls `act` once, when the client hangs up before it has the whole answer.
    func onHangUp(_ act: @escaping @Sendable () -> Void) {
        guard !isInputClosed, context?.channel.isActive == true else { return act() }
        hangUp = act
    }
}

// MARK: - Deadlines

extension ConnectionHandler {
    /// One timer for each connection that checks the deadline from time to time, rather than one for each request.
    private func check(_ context: ChannelHandlerContext) {
        let deadlines = rules.deadlines
        var due = deadline
        if state == .awaitingHead {
            if unsentBytes(context) > 0 {
                // The client is not idle: it is still reading the last answer.
                due = due + (deadlines.answer - deadlines.idle)
            } else if rules.limit.isNearlyFull {
                due = due - (deadlines.idle - deadlines.idleWhenNearlyFull)
            }
        }
        guard due > .now() else { return expire(context) }
        let next = min(due, .now() + deadlines.idleWhenNearlyFull)
        timer = context.eventLoop.assumeIsolated().scheduleTask(deadline: next) { self.check(context) }
    }

    private func expire(_ context: ChannelHandlerContext) {
        guard state == .readingBody, !hasAnswerBegun else { return context.close(promise: nil) }
        deadline = .now() + rules.deadlines.answer
        refuse(Problem(.invalidRequest, "The body did not arrive in time.", status: .requestTimeout), context)
        check(context)
    }

    /// Ends the connection, and its task.
    func cutOff() {
        guard let context else { return }
        task?.cancel()
        guard state == .readingBody, !hasAnswerBegun else { return context.close(promise: nil) }
        refuse(.unavailable("The service is shutting down."), context)
    }
}
