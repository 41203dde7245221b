/// How answers, and transport failures, change the state.
extension ClientCore {
    mutating func answered(_ answer: ClientAnswer, to request: Request, at now: ClientInstant) -> Step {
        if let nonce = answer.nonce { tokenNonce = nonce }
        switch (Verdict(answer), request) {
        case (.done, .logout), (.login, .logout):
            return perform(.remove, .removing(.loggedOut, .success(.nothing)))
        case (.done, .refresh):
            guard let tokens = TokenAnswer(answer), let session, tokens.sessionID == session.id,
                tokens.subject.utf8.elementsEqual(session.subject.utf8), session.key != nil || !tokens.isBound
            else { return lost(request, at: now) }
            return succeeded(tokens, at: now)
        case (.done, .login):
            guard let tokens = TokenAnswer(answer), flight.newKey != nil || !tokens.isBound else {
                return lost(request, at: now)
            }
            return opened(tokens, at: now)
        case (.login(let refusal), .refresh):
            let reason = SignOutReason.refused(code: refusal.code)
            return perform(.remove, .removing(reason, .failure(.signedOut(reason))))
        case (.login(let refusal), .login): return giveUp(.refused(refusal))
        case (.retry(let refusal), _):
            let isAboutProof = refusal.code == "use_dpop_nonce" || refusal.code == "invalid_dpop_proof"
            if isAboutProof { return sendNewProof(for: request, refusal, at: now) }
            let wait = answer.retryAfter
            if let wait { notBefore = now.uptime + wait }
            return repeatLater(request, after: wait ?? .zero, at: now)
        case (.fix(let refusal), _), (.refresh(let refusal), _):
            if refusal.code == "invalid_dpop_proof", correctClock(by: answer, at: now) {
                return sendNewProof(for: request, refusal, at: now)
            }
            return giveUp(.refused(refusal))
        case (.none, _): return lost(request, at: now)
        }
    }

    mutating func unanswered(_ failure: TransportFailure, _ request: Request, at now: ClientInstant) -> Step {
        switch failure {
        case .notSent: repeatLater(request, after: .zero, at: now)
        case .noAnswer: lost(request, at: now)
        }
    }

    /// There is no verdict, and the request may have had its effect.
    private mutating func lost(_ request: Request, at now: ClientInstant) -> Step {
        switch request {
        // Another login would open another session.
        case .login: return finish(.failure(.unreachable(retryAfter: nil)))
        case .logout: return repeatLater(.logout, after: .zero, at: now)
        case .refresh:
            session?.presentations = flight.marked
            flight.isReachable = false
            return repeatLater(.refresh, after: RetryPauses.after(presentations: flight.marked), at: now)
        }
    }

    /// Sends a request again after a pause, or gives up.
    mutating func repeatLater(_ request: Request, after pause: Duration, at now: ClientInstant) -> Step {
        flight.tries += 1
        let wait = max(pause, RetryPauses.after(tries: flight.tries))
        guard flight.tries < RetryPauses.tries, wait <= RetryPauses.longest else {
            return giveUp(.unreachable(retryAfter: pause > .zero ? pause : nil))
        }
        return perform(.pause(wait), .pausing(before: request))
    }

    /// Sends a request again at once, with another proof: nothing was consumed.
    private mutating func sendNewProof(
        for request: Request, _ refusal: ServiceRefusal, at now: ClientInstant
    ) -> Step {
        flight.newProofs += 1
        guard flight.newProofs < RetryPauses.tries else { return giveUp(.refused(refusal)) }
        return send(request, at: now)
    }

    /// Takes over the service's clock if the refused proof was dated by a clock that differs from it.
    private mutating func correctClock(by answer: ClientAnswer, at now: ClientInstant) -> Bool {
        guard !flight.hasCorrectedClock, let date = answer.date, let issuedAt = flight.issuedAt else { return false }
        flight.hasCorrectedClock = true
        return adoptClock(date, ifDifferentFrom: issuedAt, at: now)
    }
}
