import Synchronization

/// Says when a listener is open, and at which port.
final class ListenerReadiness: Sendable {
    private let opened: AsyncStream<Void>
    private let opening: AsyncStream<Void>.Continuation
    private let openPort = Mutex<Int?>(nil)

    init() { (opened, opening) = AsyncStream.makeStream(of: Void.self) }

    /// - Parameter port: nil when there is no such listener.
    func open(at port: Int?) {
        openPort.withLock { $0 = port }
        opening.finish()
    }

    /// Waits until the listener is open or the task is cancelled.
    func wait() async { for await _ in opened {} }

    /// Nil until the listener is open, and when there is none.
    var port: Int? { openPort.withLock { $0 } }
}
