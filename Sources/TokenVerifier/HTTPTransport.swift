public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Asks over HTTP with AsyncHTTPClient.
public struct HTTPTransport: VerifierTransport {
    /// Longest body that is read: a full page of the feed is about 100 KB.
    private static let maximumBodyBytes = 1 << 20

    private let client: HTTPClient

    public init(client: HTTPClient = .shared) { self.client = client }

    public func get(
        _ url: String, headers: [(name: String, value: String)], timeout: Duration
    ) async throws -> VerifierAnswer {
        var request = HTTPClientRequest(url: url)
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        let deadline = TimeAmount.milliseconds(Int64(timeout / .milliseconds(1)))
        let response = try await client.execute(request, timeout: deadline)
        let body = try await response.body.collect(upTo: HTTPTransport.maximumBodyBytes)
        return VerifierAnswer(
            status: Int(response.status.code), etag: response.headers.first(name: "ETag"),
            body: Array(body.readableBytesView))
    }
}
