import HTTPTypes
import Logging
import NIOCore
import NIOHTTP1

/// Reading requests.
extension ConnectionHandler {
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch (unwrapInboundIn(data), state) {
        case (.head(let head), .awaitingHead): begin(head, context)
        case (.body(let bytes), .readingBody):
            holdsBodyBack = false
            body.append(bytes)
        case (.end, .readingBody):
            state = .answering
            deadline = .now() + rules.deadlines.answer
            body.end()
            respond(context)
        default: break
        }
    }

    func channelReadComplete(context: ChannelHandlerContext) {
        // The rest of the body takes longer, and the responder may not want it.
        respond(context)
        context.fireChannelReadComplete()
    }

    private func begin(_ head: HTTPRequestHead, _ context: ChannelHandlerContext) {
        version = head.version
        isHead = head.method == .HEAD
        hasAnswerBegun = false
        if let refusal = head.refusal() { return refuse(refusal, context) }
        guard let request = head.request() else {
            return refuse(Problem(.invalidRequest, "The method is not a token."), context)
        }
        holdsBodyBack = version == .http1_1 && head.headers.contains(name: "expect")
        // NIO's parser stops at a request that asks for another protocol.
        let isUpgrade = head.method == .CONNECT || head.headers.contains(name: "upgrade")
        let isKept = version == .http1_1 || head.headers.hasConnectionOption("keep-alive")
        let isEnding = rules.drain?.hasBegun == true
        isLast = !isKept || isUpgrade || isEnding || head.headers.hasConnectionOption("close")
        body = RequestBody(limit: responder.maxBodyBytes)
        waiting = request
        state = .readingBody
        deadline = .now() + rules.deadlines.body
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        respond(context)
        context.fireChannelWritabilityChanged()
    }

    /// Gives the waiting request to the responder, unless the client has not read the earlier answers yet. Writing an
    /// answer delivers the next request. That one waits until the loop of this function takes it.
    func respond(_ context: ChannelHandlerContext) {
        guard !isResponding else { return }
        isResponding = true
        defer { isResponding = false }
        var isPipelined = false
        while context.channel.isWritable, pipelined < HTTPLimits.pipelinedRequests, let request = waiting {
            waiting = nil
            if isPipelined { countPipelined() }
            isPipelined = true
            let connection = NIOLoopBound(self, eventLoop: context.eventLoop)
            let source = ConnectionContext(peer: peer, logger: logger, wholeBody: body.whole, connection: connection)
            task = Task.immediate(executorPreference: executor) { [responder] in
                var response = await responder.respond(to: request, context: source)
                await ConnectionHandler.send(&response, by: connection, isHead: request.method == .head)
            }
        }
    }

    /// Lets other connections have their turn after many requests. There are that many when the client has closed its
    /// side, since NIO then reads all that the kernel holds before it turns to another connection.
    private func countPipelined() {
        pipelined += 1
        let loop = eventLoop.assumeIsolated()
        if pipelined == 1 {
            // The loop runs this when it has read from every connection that had something to read.
            loop.execute { [self] in
                if pipelined < HTTPLimits.pipelinedRequests { pipelined = 0 }
            }
        }
        if pipelined == HTTPLimits.pipelinedRequests {
            // Not `execute`: the loop reads nothing before all tasks that are due have run.
            loop.scheduleTask(in: .milliseconds(10)) { [self] in
                pipelined = 0
                if let context { respond(context) }
            }
        }
    }

    /// Succeeds with the body of the request under way, and makes the client send one that it holds back (RFC 9110
    /// §10.1.1).
    func wantBody() -> EventLoopFuture<[UInt8]> {
        guard let context else { return eventLoop.makeFailedFuture(RequestBody.Incomplete()) }
        if holdsBodyBack, state == .readingBody, !hasAnswerBegun {
            holdsBodyBack = false
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        return body.wait(on: context.eventLoop)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        switch (error, state) {
        // Nothing more is read.
        case (is HTTPParserError, .draining), (is ByteToMessageDecoderError, _): break
        case (let mistake as HTTPParserError, _):
            // Without a head, what is known is of the request before.
            if state == .awaitingHead { (version, isHead) = (.http1_1, false) }
            refuse(Problem(mistake), context)
        default: context.close(promise: nil)
        }
    }

    /// Answers a request in the responder's place, and ends the connection.
    func refuse(_ problem: Problem, _ context: ChannelHandlerContext) {
        guard !hasAnswerBegun else { return context.close(promise: nil) }
        let wasReading = state == .readingBody
        // The responder need not wait any longer: this is the answer.
        hangUp?()
        hangUp = nil
        rules.refused(problem.status)
        isLast = true
        state = .answering
        waiting = nil
        var response = problem.response
        let requestID = RequestID.make()
        response.headers[.xContentTypeOptions] = "nosniff"
        response.headers[.xRequestID] = requestID
        logger.debug(
            "A request is refused before it is routed",
            metadata: ["status": "\(problem.status.code)", "reason": "\(problem.detail)", "request_id": "\(requestID)"])
        answer(&response)
        if wasReading { body.fail() }
    }
}
