import Federation
import Synchronization

/// A provider in memory. Each endpoint answers as a test decides; all requests are kept.
final class FakeProvider: UpstreamTransport {
    typealias Endpoint = UpstreamRequest.Endpoint

    private struct State {
        var answers: [Endpoint: @Sendable (UpstreamRequest) async throws(UpstreamFailure) -> UpstreamAnswer] = [:]
        var requests: [UpstreamRequest] = []
        var running = 0
        var mostRunning = 0
    }

    private let state = Mutex(State())

    /// The requests, in their order.
    var requests: [UpstreamRequest] { state.withLock { $0.requests } }
    var endpoints: [Endpoint] { requests.map(\.endpoint) }
    /// The most requests that were under way at once.
    var mostRunning: Int { state.withLock { $0.mostRunning } }

    /// Sets what an endpoint answers from now on.
    func on(
        _ endpoint: Endpoint,
        _ answer: @escaping @Sendable (UpstreamRequest) async throws(UpstreamFailure) -> UpstreamAnswer
    ) {
        state.withLock { $0.answers[endpoint] = answer }
    }

    /// Sets what an endpoint answers from now on.
    func on(_ endpoint: Endpoint, status: Int = 200, type: String? = "application/json", _ body: String) {
        on(endpoint) { _ in UpstreamAnswer(status: status, contentType: type, body: Array(body.utf8)) }
    }

    func forgetRequests() { state.withLock { $0.requests = [] } }

    func send(_ request: UpstreamRequest) async throws(UpstreamFailure) -> UpstreamAnswer {
        let answer = state.withLock { state in
            state.requests.append(request)
            state.running += 1
            state.mostRunning = max(state.mostRunning, state.running)
            return state.answers[request.endpoint]
        }
        defer { state.withLock { $0.running -= 1 } }
        guard let answer else { throw .unreachable }
        return try await answer(request)
    }
}
