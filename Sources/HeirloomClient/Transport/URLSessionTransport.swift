import Foundation

#if canImport(FoundationNetworking)
    import FoundationNetworking
#endif

/// Sends requests with `URLSession`, without cookies, caches, stored credentials and redirects.
public final class URLSessionTransport: ClientTransport {
    private let session: URLSession
    private let receiver: AnswerReceiver

    /// Makes a transport with connections of its own.
    ///
    /// - Parameter timeout: the longest time without progress of a request, and a quarter of the longest time until the
    ///   whole answer is there.
    public init(timeout: Duration = .seconds(30)) {
        let seconds = Double(timeout.components.seconds) + Double(timeout.components.attoseconds) * 1e-18
        let configuration = URLSessionConfiguration.ephemeral
        configuration.httpCookieStorage = nil
        configuration.httpShouldSetCookies = false
        configuration.urlCache = nil
        configuration.urlCredentialStorage = nil
        configuration.requestCachePolicy = .reloadIgnoringLocalCacheData
        configuration.timeoutIntervalForRequest = seconds
        configuration.timeoutIntervalForResource = 4 * seconds
        receiver = AnswerReceiver()
        session = URLSession(configuration: configuration, delegate: receiver, delegateQueue: nil)
    }

    deinit { session.finishTasksAndInvalidate() }

    /// Sends a request.
    ///
    /// - Throws: ``TransportFailure``, also for a body of more than ``ClientAnswer/maximumBodyBytes``.
    public func send(_ request: ClientRequest) async throws -> ClientAnswer {
        guard let url = URL(string: request.url) else { throw TransportFailure.notSent }
        var message = URLRequest(url: url)
        message.httpMethod = request.method
        for field in request.headers { message.setValue(field.value, forHTTPHeaderField: field.name) }
        message.httpBody = request.body.map { Data($0) }
        let task = session.dataTask(with: message)
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { continuation in
                receiver.expect(task, continuation)
                task.resume()
            }
        } onCancel: {
            task.cancel()
        }
    }
}
