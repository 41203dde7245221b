import NIOCore

/// The part of a request's body that has arrived. What exceeds the limit is dropped.
struct RequestBody {
    /// The body is longer than the limit.
    struct TooLarge: Error {}

    /// The connection failed before the whole body had arrived. The client has its answer, or has gone.
    struct Incomplete: Error {}

    private let limit: Int
    private var bytes: [UInt8] = []
    /// Nil while more may arrive.
    private var outcome: Result<[UInt8], any Error>?
    private var waiter: EventLoopPromise<[UInt8]>?

    /// - Parameter limit: in bytes.
    init(limit: Int) { self.limit = limit }

    /// The body if all of it has arrived.
    var whole: [UInt8]? { try? outcome?.get() }

    mutating func append(_ part: ByteBuffer) {
        guard outcome == nil else { return }
        guard bytes.count + part.readableBytes <= limit else { return settle(.failure(TooLarge())) }
        bytes.append(contentsOf: part.readableBytesView)
    }

    /// All of it has arrived.
    mutating func end() { settle(.success(bytes)) }

    /// The rest will not arrive.
    mutating func fail() { settle(.failure(Incomplete())) }

    /// Succeeds when all of it has arrived.
    mutating func wait(on eventLoop: any EventLoop) -> EventLoopFuture<[UInt8]> {
        let promise = waiter ?? eventLoop.makePromise()
        if let outcome { promise.completeWith(outcome) } else { waiter = promise }
        return promise.futureResult
    }

    private mutating func settle(_ result: Result<[UInt8], any Error>) {
        guard outcome == nil else { return }
        outcome = result
        bytes = []
        waiter?.completeWith(result)
        waiter = nil
    }
}
