import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import SessionEngine
import TokenVerifier

/// Sends the messages of webhooks with a client of AsyncHTTPClient for them alone. It follows no redirects: an event
/// must not reach a server that the configuration does not name.
struct HTTPWebhookTransport: WebhookTransport {
    private static let timeout = Duration.seconds(10)
    /// The longest body that is read so that the connection can be used again.
    private static let maximumBytes = 65_536

    private static let timeouts: [HTTPClientError] = [
        .deadlineExceeded, .connectTimeout, .tlsHandshakeTimeout, .getConnectionFromPoolTimeout,
    ]

    private static let client = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(5)
        // A failed try is repeated by the runner, which logs the reason.
        configuration.connectionPool.retryConnectionEstablishment = false
        // The limit of an answer counts the bytes of a connection.
        configuration.httpVersion = .http1Only
        configuration.http1_1ConnectionDebugInitializer = { channel in
            channel.eventLoop.makeCompletedFuture {
                try channel.pipeline.syncOperations.addHandler(WebhookAnswerLimit(), position: .first)
            }
        }
        // Many webhooks may lead to one host.
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = 64
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    func send(_ request: WebhookRequest) async throws(WebhookFailure) -> Int {
        var message = HTTPClientRequest(url: request.url)
        message.method = .POST
        message.headers.add(name: "User-Agent", value: "heirloom")
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        message.body = .bytes(ByteBuffer(bytes: request.body))
        do {
            let response = try await Deadline.within(HTTPWebhookTransport.timeout) { [message] in
                try await HTTPWebhookTransport.client.execute(message, timeout: .seconds(10))
            }
            await HTTPWebhookTransport.discard(response.body)
            return Int(response.status.code)
        } catch is Deadline.Exceeded {
            throw .timeout
        } catch let error as HTTPClientError where HTTPWebhookTransport.timeouts.contains(error) {
            throw .timeout
        } catch is WebhookAnswerLimit.Exceeded {
            throw .unreachable
        } catch is NIOSSLError {
            throw .insecure
        } catch {
            throw .unreachable
        }
    }

    /// Reads a short body to its end. A connection with a long or slow one is closed instead.
    private static func discard(_ body: HTTPClientResponse.Body) async {
        _ = try? await Deadline.within(.seconds(1)) { try await body.collect(upTo: maximumBytes) }
    }
}
