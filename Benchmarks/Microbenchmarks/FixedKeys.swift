import TokenVerifier

/// A transport that answers every request with one key set.
struct FixedKeys: VerifierTransport {
    let jwks: [UInt8]

    func get(
        _ url: String, headers: [(name: String, value: String)], timeout: Duration
    ) async throws -> VerifierAnswer {
        VerifierAnswer(status: 200, body: jwks)
    }
}
