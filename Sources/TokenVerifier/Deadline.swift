/// Limits how long an operation may take.
package enum Deadline {
    /// The time was over before the operation.
    package struct Exceeded: Error {}

    /// Runs an operation and returns when it has ended or the time is over, whichever is first. Then the operation is
    /// cancelled, and nothing waits for its end.
    ///
    /// - Parameter sleep: suspends the task for a duration.
    /// - Throws: ``Exceeded``, or what the operation throws.
    package static func within<Value: Sendable>(
        _ duration: Duration,
        sleep: @escaping @Sendable (Duration) async throws -> Void = { try await Task.sleep(for: $0) },
        _ operation: @escaping @Sendable () async throws -> Value
    ) async throws -> Value {
        let (outcomes, outcome) = AsyncThrowingStream.makeStream(of: Value.self)
        let work = Task {
            do {
                outcome.yield(try await operation())
                outcome.finish()
            } catch {
                outcome.finish(throwing: error)
            }
        }
        let timer = Task {
            try await sleep(duration)
            outcome.finish(throwing: Exceeded())
        }
        defer {
            work.cancel()
            timer.cancel()
        }
        for try await value in outcomes { return value }
        throw CancellationError()
    }
}
