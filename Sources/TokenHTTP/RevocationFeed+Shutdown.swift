import ServiceLifecycle
import TokenCore

extension RevocationFeed {
    /// Lets all readers go when the service is told to stop while `wait` waits.
    func lettingGo<Value: Sendable>(_ wait: () async throws -> Value) async throws -> Value {
        try await withGracefulShutdownHandler(operation: wait) { self.close() }
    }
}
