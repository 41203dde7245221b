public import AsyncHTTPClient
import NIOCore
import NIOHTTP1

/// Sends requests with AsyncHTTPClient.
public struct HTTPTransport: VerifierTransport {
    /// The longest accepted body. A full page of the feed has about 100 KB.
    private static let maximumBodyBytes = 1 << 20

    private let client: HTTPClient

    /// Follows no redirects: keys and revocations that another server offers are not the issuer's.
    private static let client = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    /// Sends with a client of the library's own, which all transports share.
    public init() { client = HTTPTransport.client }

    /// - Parameter client: the client to send with. It must not follow redirects. The caller shuts it down.
    public init(client: HTTPClient) { self.client = client }

    /// Sends a GET request.
    ///
    /// - Throws: an error of AsyncHTTPClient, also for a body of more than 1 MiB; an error for a late answer.
    public func get(
        _ url: String, headers: [(name: String, value: String)], timeout: Duration
    ) async throws -> VerifierAnswer {
        var request = HTTPClientRequest(url: url)
        for header in headers { request.headers.add(name: header.name, value: header.value) }
        let deadline = TimeAmount.milliseconds(Int64(timeout / .milliseconds(1)))
        // The client's own time limit ends with the head of the answer.
        return try await Deadline.within(timeout) { [client, request] in
            let response = try await client.execute(request, timeout: deadline)
            let body = try await response.body.collect(upTo: HTTPTransport.maximumBodyBytes)
            return VerifierAnswer(
                status: Int(response.status.code), etag: response.headers.first(name: "ETag"),
                body: Array(body.readableBytesView))
        }
    }
}
