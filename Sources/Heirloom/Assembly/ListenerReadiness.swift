import Synchronization

/// Tells when a listener is open, and at which port.
final class ListenerReadiness: Sendable {
    private let opened: AsyncStream<Void>
    private let opening: AsyncStream<Void>.Continuation
    private let known = Mutex<Int?>(nil)

    init() { (opened, opening) = AsyncStream.makeStream(of: Void.self) }

    /// - Parameter port: nil for a listener that is not wanted.
    func open(at port: Int?) {
        known.withLock { $0 = port }
        opening.finish()
    }

    /// Until the listener is open, or the task is cancelled.
    func wait() async { for await _ in opened {} }

    var port: Int? { known.withLock { $0 } }
}
