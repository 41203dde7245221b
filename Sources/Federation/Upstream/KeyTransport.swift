import TokenVerifier

/// Fetches the key set of a provider for ``TokenVerifier/RemoteKeySet``.
struct KeyTransport: VerifierTransport {
    let client: UpstreamClient
    let provider: Provider

    func get(
        _ url: String, headers: [(name: String, value: String)], timeout: Duration
    ) async throws -> VerifierAnswer {
        var request = UpstreamRequest(.keys, of: provider, url: url, headers: headers)
        request.timeout = min(request.timeout, timeout)
        let answer = try await client.get(request)
        return VerifierAnswer(status: answer.status, etag: answer.etag, body: answer.body)
    }
}
