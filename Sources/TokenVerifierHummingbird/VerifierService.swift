public import ServiceLifecycle
public import TokenVerifier

/// Runs a verifier as a service of an application: `application.addServices(VerifierService(verifier: verifier))`.
public struct VerifierService: Service {
    private let verifier: AccessTokenVerifier

    /// - Parameter verifier: the verifier to run.
    public init(verifier: AccessTokenVerifier) { self.verifier = verifier }

    /// Runs the verifier until graceful shutdown.
    public func run() async throws {
        try await cancelWhenGracefulShutdown { try await verifier.run() }
    }
}
