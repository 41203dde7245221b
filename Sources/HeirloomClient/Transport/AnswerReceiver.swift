import Foundation
import Synchronization

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Collects the answers of a `URLSession` up to ``ClientAnswer/maximumBodyBytes`` and follows no redirects.
final class AnswerReceiver: NSObject, URLSessionDataDelegate {
    private struct Exchange {
        let continuation: CheckedContinuation<ClientAnswer, any Error>
        var body: [UInt8] = []
        var isTooLong = false
    }

    private let exchanges = Mutex<[Int: Exchange]>([:])

    func expect(_ task: URLSessionTask, _ continuation: CheckedContinuation<ClientAnswer, any Error>) {
        exchanges.withLock { $0[task.taskIdentifier] = Exchange(continuation: continuation) }
    }

    func urlSession(
        _ session: URLSession, task: URLSessionTask, willPerformHTTPRedirection response: HTTPURLResponse,
        newRequest request: URLRequest, completionHandler: @escaping @Sendable (URLRequest?) -> Void
    ) {
        completionHandler(nil)
    }

    func urlSession(_ session: URLSession, dataTask: URLSessionDataTask, didReceive data: Data) {
        let isTooLong = exchanges.withLock { exchanges in
            guard var exchange = exchanges.removeValue(forKey: dataTask.taskIdentifier) else { return false }
            if exchange.body.count + data.count > ClientAnswer.maximumBodyBytes {
                exchange.isTooLong = true
            } else {
                exchange.body.append(contentsOf: data)
            }
            exchanges[dataTask.taskIdentifier] = exchange
            return exchange.isTooLong
        }
        if isTooLong { dataTask.cancel() }
    }

    func urlSession(_ session: URLSession, task: URLSessionTask, didCompleteWithError error: (any Error)?) {
        guard let exchange = exchanges.withLock({ $0.removeValue(forKey: task.taskIdentifier) }) else { return }
        guard error == nil, !exchange.isTooLong, let response = task.response as? HTTPURLResponse else {
            exchange.continuation.resume(throwing: AnswerReceiver.failure(error))
            return
        }
        let headers = response.allHeaderFields.compactMap { name, value in
            (name as? String).flatMap { name in (value as? String).map { HeaderField(name, $0) } }
        }
        exchange.continuation.resume(
            returning: ClientAnswer(status: response.statusCode, headers: headers, body: exchange.body))
    }

    /// Only failures before a connection exists prove that the request was not sent.
    private static func failure(_ error: (any Error)?) -> TransportFailure {
        switch (error as? URLError)?.code {
        case .cannotFindHost, .cannotConnectToHost, .dnsLookupFailed, .notConnectedToInternet, .unsupportedURL,
            .badURL, .secureConnectionFailed, .serverCertificateUntrusted, .serverCertificateHasBadDate,
            .serverCertificateHasUnknownRoot, .serverCertificateNotYetValid:
            .notSent
        default: .noAnswer
        }
    }
}
