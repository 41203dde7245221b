import HeirloomClient
import SessionEngine
import StrictCoding
import TokenCore
import TokenTesting

/// What happens to requests.
extension ClientWorld {
    func send(
        _ request: ClientRequest, from device: Int, _ fate: ClientStep.Fate
    ) async throws -> ClientCore.Event {
        switch fate {
        case .notSent: return .failed(.notSent)
        case .requestLost:
            lostRequests.append(LostRequest(request: request, device: device, sentAt: clock.now))
            return failure
        case .answerLost:
            try await exchange(request, device)
            return failure
        case .refusedAsBusy:
            return .answered(
                portal(503, "application/problem+json", "{\"code\":\"unavailable\",\"action\":\"retry\"}"))
        case .answeredByPortal:
            let type = mutation == .portalIsVerdict ? "application/problem+json" : "text/html"
            return .answered(portal(401, type, "{\"code\":\"invalid_token\",\"action\":\"login\"}"))
        case .delivered, .deliveredTwice:
            let answer = try await exchange(request, device)
            if fate == .deliveredTwice { try await exchange(request, device) }
            return answer.map { .answered($0) } ?? failure
        }
    }

    /// The request reaches the service.
    @discardableResult
    func exchange(_ request: ClientRequest, _ device: Int, isLate: Bool = false) async throws
        -> ClientAnswer?
    {
        noteArrival(of: request, on: device, isLate: isLate)
        let answer = await service.answer(request, from: subject(of: device), at: clock.now)
        history.add("\(request) → \(answer.map { "\($0)" } ?? "none")")
        if let point = service.store.crashed { try restart(losingLast: point == .torn) }
        return answer
    }

    /// An unbound session may end by a retry after the window, by too many, or by a request that was late.
    private func noteArrival(of request: ClientRequest, on device: Int, isLate: Bool) {
        guard !devices[device].bindsSessions,
            let body = request.body.flatMap({ try? JSONReader.read($0) }),
            let token = body["refresh_token"]?.string, let id = service.service.parse(token)?.session
        else { return }
        var arrival = arrivals[token] ?? (first: clock.now, count: 0)
        arrival.count += 1
        arrivals[token] = arrival
        let policy = service.service.policy
        if isLate || clock.now > arrival.first + policy.retryWindowSeconds
            || arrival.count > policy.maxRetries + 1
        {
            exposed.insert(id)
        }
    }

    private var failure: ClientCore.Event {
        mutation == .silenceIsVerdict
            ? .answered(
                portal(401, "application/problem+json", "{\"code\":\"invalid_token\",\"action\":\"login\"}")
            )
            : .failed(.noAnswer)
    }

    private func portal(_ status: Int, _ type: String, _ body: String) -> ClientAnswer {
        ClientAnswer(
            status: status, headers: [HeaderField("Content-Type", type)], body: Array(body.utf8))
    }
}
