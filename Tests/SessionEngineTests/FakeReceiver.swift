import SessionEngine
import Synchronization
import TokenCore

/// A receiver of webhooks that answers as a test says.
final class FakeReceiver: WebhookTransport {
    private struct State {
        var requests: [WebhookRequest] = []
        var answers: [Result<Int, WebhookFailure>] = []
        var usual: Result<Int, WebhookFailure> = .success(204)
        var onRequest: (@Sendable () async -> Void)?
    }

    private let state = Mutex(State())

    /// The requests so far.
    var requests: [WebhookRequest] { state.withLock { $0.requests } }
    /// The number at the beginning of each body: `{"id":7,`.
    var events: [Int] {
        requests.compactMap { request in
            let digits = request.body.dropFirst(6).prefix { $0 != UInt8(ascii: ",") }
            return Int(String(decoding: digits, as: UTF8.self))
        }
    }

    /// Answers the next requests so, in their order.
    func answer(_ answers: Result<Int, WebhookFailure>...) { state.withLock { $0.answers = answers } }

    /// Answers all further requests so.
    func answerAlways(_ answer: Result<Int, WebhookFailure>) { state.withLock { $0.usual = answer } }

    /// Runs a closure before each answer.
    func onRequest(_ body: (@Sendable () async -> Void)?) { state.withLock { $0.onRequest = body } }

    func forget() { state.withLock { $0.requests = [] } }

    func send(_ request: WebhookRequest) async throws(WebhookFailure) -> Int {
        let (answer, body) = state.withLock { state in
            state.requests.append(request)
            return (state.answers.isEmpty ? state.usual : state.answers.removeFirst(), state.onRequest)
        }
        await body?()
        return try answer.get()
    }
}
