public import ServiceLifecycle
public import TokenVerifier

/// Runs a verifier beside the server: `application.addServices(VerifierService(verifier: verifier))`.
public struct VerifierService: Service {
    private let verifier: AccessTokenVerifier

    public init(verifier: AccessTokenVerifier) { self.verifier = verifier }

    public func run() async throws {
        try await cancelWhenGracefulShutdown { try await verifier.run() }
    }
}
