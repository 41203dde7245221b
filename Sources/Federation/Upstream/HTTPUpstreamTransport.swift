import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import NIOSSL
import TokenVerifier

/// Sends requests with a client of AsyncHTTPClient for providers alone. It follows no redirects: a code or a secret must
/// not reach a server that the configuration does not name.
package struct HTTPUpstreamTransport: UpstreamTransport {
    private static let client = {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        configuration.timeout.connect = .seconds(3)
        // A request that failed may have used its code up.
        configuration.connectionPool.retryConnectionEstablishment = false
        return HTTPClient(eventLoopGroupProvider: .singleton, configuration: configuration)
    }()

    package init() {}

    package func send(_ request: UpstreamRequest) async throws(UpstreamFailure) -> UpstreamAnswer {
        do {
            let message = try HTTPUpstreamTransport.message(request)
            let deadline = TimeAmount.milliseconds(Int64(request.timeout / .milliseconds(1)))
            // The client's own time limit ends with the head of the answer.
            return try await Deadline.within(request.timeout) {
                let response = try await HTTPUpstreamTransport.client.execute(message, timeout: deadline)
                let body = try await response.body.collect(upTo: request.maximumBytes)
                return UpstreamAnswer(
                    status: Int(response.status.code), contentType: response.headers.first(name: "Content-Type"),
                    etag: response.headers.first(name: "ETag"), body: Array(body.readableBytesView))
            }
        } catch is Deadline.Exceeded {
            throw .timeout
        } catch is NIOTooManyBytesError {
            throw .tooLarge
        } catch let error as HTTPClientError
            where [.deadlineExceeded, .connectTimeout, .readTimeout, .writeTimeout].contains(error)
        {
            throw .timeout
        } catch {
            throw .unreachable
        }
    }

    private static func message(_ request: UpstreamRequest) throws -> HTTPClientRequest {
        var message = HTTPClientRequest(url: request.url)
        message.headers.add(name: "Accept", value: "application/json")
        message.headers.add(name: "User-Agent", value: "heirloom")
        for header in request.headers { message.headers.add(name: header.name, value: header.value) }
        if let form = request.form {
            message.method = .POST
            message.headers.add(name: "Content-Type", value: "application/x-www-form-urlencoded")
            message.body = .bytes(ByteBuffer(string: form))
        }
        if let file = request.caFile {
            var tls = TLSConfiguration.makeClientConfiguration()
            tls.additionalTrustRoots = [.file(file)]
            message.tlsConfiguration = tls
        }
        return message
    }
}
