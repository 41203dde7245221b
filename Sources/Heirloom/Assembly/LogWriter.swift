import Dispatch
import Foundation
import Synchronization

/// Writes log lines on a thread of its own. Whoever logs never waits: when nobody reads, or the disk is full, lines are
/// dropped and counted, and the service goes on.
final class LogWriter: Sendable {
    static let standardError = LogWriter(descriptor: STDERR_FILENO)

    private struct State {
        var lines: [String] = []
        var isWriting = false
        var dropped = 0
    }

    private let descriptor: Int32
    private let limit = 4096
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "heirloom.log")

    init(descriptor: Int32) { self.descriptor = descriptor }

    func write(_ line: String) {
        let mustStart = state.withLock { state in
            guard state.lines.count < limit else {
                state.dropped += 1
                return false
            }
            state.lines.append(line)
            defer { state.isWriting = true }
            return !state.isWriting
        }
        if mustStart { thread.async { self.drain() } }
    }

    /// Waits, but not for long, until what was logged is written: for the last lines before the end.
    func flush() {
        let written = DispatchSemaphore(value: 0)
        thread.async { written.signal() }
        _ = written.wait(timeout: .now() + .milliseconds(200))
    }

    private func drain() {
        while let text = next() {
            let bytes = Array(text.utf8)
            var position = 0
            while position < bytes.count {
                let count = bytes[position...].withUnsafeBytes {
                    Foundation.write(descriptor, $0.baseAddress, $0.count)
                }
                // A full disk or a closed pipe: these lines are lost, later ones may not be.
                if count < 0, errno != EINTR { break }
                position += max(0, count)
            }
        }
    }

    private func next() -> String? {
        state.withLock { state in
            guard !state.lines.isEmpty else {
                state.isWriting = false
                return nil
            }
            defer { state.lines.removeAll(keepingCapacity: true) }
            guard state.dropped > 0 else { return state.lines.joined() }
            defer { state.dropped = 0 }
            return state.lines.joined() + "(\(state.dropped) log lines were dropped: nobody took them)\n"
        }
    }
}
