import Foundation
import Logging
import Synchronization
import TokenCore

/// Writes log lines on a thread of its own. A caller never waits. While the descriptor is blocked or fails, lines are
/// dropped and counted.
final class LogWriter: Sendable {
    static let standardError = LogWriter(descriptor: STDERR_FILENO)

    private struct State {
        var queue = BatchQueue<String>(limit: 4096)
        /// Lines that were dropped since the last batch.
        var dropped = 0
    }

    /// The format of the lines that say how many were dropped.
    let format = Mutex(LogFormat.text)
    private let descriptor: Int32
    private let state = Mutex(State())
    private let thread = DispatchQueue(label: "heirloom.log")

    init(descriptor: Int32) { self.descriptor = descriptor }

    func write(_ line: String) {
        let admission = state.withLock { state in
            let admission = state.queue.add(line)
            if admission == .refused { state.dropped += 1 }
            return admission
        }
        if admission == .startsDrain { thread.async { self.drain() } }
    }

    /// Waits up to 200 ms until the lines that were logged are written.
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
                // With a full disk or a closed pipe this batch is lost. Later batches are tried again.
                if count < 0, errno != EINTR { break }
                position += max(0, count)
            }
        }
    }

    private func next() -> String? {
        let format = format.withLock { $0 }
        return state.withLock { state in
            guard let lines = state.queue.nextBatch() else { return nil }
            guard state.dropped > 0 else { return lines.joined() }
            defer { state.dropped = 0 }
            let notice = LogLine(
                time: SystemClock.now(), level: .warning,
                message: "Log lines were dropped, because standard error was blocked",
                details: [("count", String(state.dropped))])
            return lines.joined() + notice.text(format)
        }
    }
}
