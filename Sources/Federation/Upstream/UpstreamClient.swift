import CoreMetrics

/// Asks providers: within time, size and number, and only for JSON. Counts what fails.
package struct UpstreamClient: Sendable {
    private let transport: any UpstreamTransport
    private let places = UpstreamPlaces()

    package init(_ transport: any UpstreamTransport) { self.transport = transport }

    /// Sends a GET, and sends it again if the connection breaks or the server fails.
    ///
    /// - Throws: ``UpstreamFailure``, also for a status other than 200 and 304 and for a body that is not JSON.
    func get(_ request: UpstreamRequest) async throws(UpstreamFailure) -> UpstreamAnswer {
        do {
            return try await getOnce(request)
        } catch .unreachable, .serverError {
            return try await getOnce(request)
        }
    }

    private func getOnce(_ request: UpstreamRequest) async throws(UpstreamFailure) -> UpstreamAnswer {
        try await measured(request) { answer throws(UpstreamFailure) in
            if answer.status == 304 { return }
            guard answer.status < 500, answer.status != 429 else { throw .serverError }
            guard answer.status == 200 else { throw .status }
            guard answer.isJSON else { throw .mediaType }
        }
    }

    /// Sends a POST, once: a code can be used once only.
    ///
    /// - Returns: an answer of any status below 500 but 429.
    /// - Throws: ``UpstreamFailure``.
    func post(_ request: UpstreamRequest) async throws(UpstreamFailure) -> UpstreamAnswer {
        try await measured(request) { answer throws(UpstreamFailure) in
            guard answer.status < 500, answer.status != 429 else { throw .serverError }
        }
    }

    /// Counts an answer that the caller found to be malformed.
    func countMalformed(_ endpoint: UpstreamRequest.Endpoint, of provider: ProviderID) {
        UpstreamClient.count(.malformed, endpoint, of: provider)
    }

    private func measured(
        _ request: UpstreamRequest, check: (UpstreamAnswer) throws(UpstreamFailure) -> Void
    ) async throws(UpstreamFailure) -> UpstreamAnswer {
        do {
            return try await places.run(for: request.provider) { () async throws(UpstreamFailure) in
                let start = ContinuousClock.now
                defer {
                    Timer(label: "heirloom_federation_upstream_seconds", dimensions: UpstreamClient.labels(request))
                        .recordNanoseconds(Int64((ContinuousClock.now - start) / .nanoseconds(1)))
                }
                let answer = try await transport.send(request)
                try check(answer)
                return answer
            }
        } catch {
            UpstreamClient.count(error, request.endpoint, of: request.provider)
            throw error
        }
    }

    private static func labels(_ request: UpstreamRequest) -> [(String, String)] {
        [("provider", request.provider.value), ("endpoint", request.endpoint.rawValue)]
    }

    private static func count(
        _ failure: UpstreamFailure, _ endpoint: UpstreamRequest.Endpoint, of provider: ProviderID
    ) {
        Counter(
            label: "heirloom_federation_upstream_errors_total",
            dimensions: [
                ("provider", provider.value), ("endpoint", endpoint.rawValue), ("kind", failure.rawValue),
            ]
        ).increment()
    }
}
