import NIOCore

/// The body of a request, as far as it has arrived. What exceeds the limit is dropped.
struct RequestBody {
    /// The body is longer than the limit.
    struct TooLarge: Error {}

    /// The connection failed before the whole body had arrived. The client has its answer, or has gone.
    struct Incomplete: Error {}

    private let limit: Int
    private var bytes = ByteBuffer()
    /// Nil while more may arrive.
    private var outcome: Result<ByteBuffer, any Error>?
    private var waiter: EventLoopPromise<ByteBuffer>?

    /// - Parameter limit: in bytes.
    init(limit: Int) { self.limit = limit }

    /// The body if all of it has arrived.
    var whole: ByteBuffer? { try? outcome?.get() }

    mutating func append(_ part: ByteBuffer) {
        guard outcome == nil else { return }
        guard bytes.readableBytes + part.readableBytes <= limit else { return settle(.failure(TooLarge())) }
        // A copy, because a part keeps the whole buffer of a read.
        bytes.writeImmutableBuffer(part)
    }

    /// All of it has arrived.
    mutating func end() { settle(.success(bytes)) }

    /// The rest will not arrive.
    mutating func fail() { settle(.failure(Incomplete())) }

    /// Succeeds when all of it has arrived.
    mutating func wait(on eventLoop: any EventLoop) -> EventLoopFuture<ByteBuffer> {
        let promise = waiter ?? eventLoop.makePromise()
        if let outcome { promise.completeWith(outcome) } else { waiter = promise }
        return promise.futureResult
    }

    private mutating func settle(_ result: Result<ByteBuffer, any Error>) {
        guard outcome == nil else { return }
        outcome = result
        bytes = ByteBuffer()
        waiter?.completeWith(result)
        waiter = nil
    }
}
