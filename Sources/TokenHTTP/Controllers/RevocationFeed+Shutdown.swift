import ServiceLifecycle
import SessionEngine

extension RevocationFeed {
    /// Runs `wait`, and ends every wait for entries when the service begins to shut down meanwhile.
    func endingAtShutdown<Value: Sendable>(_ wait: () async throws -> Value) async throws -> Value {
        try await withGracefulShutdownHandler(operation: wait) { self.close() }
    }
}
