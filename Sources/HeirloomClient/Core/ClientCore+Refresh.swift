/// The refresh of a session that was read under the lock.
extension ClientCore {
    /// Returns the stored access token, or presents the refresh token if a refresh is due.
    mutating func decide(at now: ClientInstant) -> Step {
        guard let session else { return finish(.failure(.notSignedIn)) }
        if let token = freshToken(at: now), token.token != flight.replacing { return finish(.success(.token(token))) }
        let pause = max(notBefore - now.uptime, pauseAfterPresentations(of: session, at: now))
        guard pause <= RetryPauses.longest else { return finish(.failure(.unreachable(retryAfter: pause))) }
        flight.isReachable = session.presentations == 0
        return pause > .zero ? perform(.pause(pause), .pausing(before: .refresh)) : send(.refresh, at: now)
    }

    /// What is left of the pause after the last presentation whose answer was not received. A wall clock that shows a
    /// time before it proves nothing.
    private func pauseAfterPresentations(of session: StoredSession, at now: ClientInstant) -> Duration {
        let elapsed = now.unix - session.presentedAt
        return elapsed < 0 ? .zero : RetryPauses.after(presentations: session.presentations) - .seconds(elapsed)
    }

    /// Sends a request. A refresh token whose last answer was lost is presented only if the service can be reached,
    /// and only after the store has recorded that.
    mutating func send(_ request: Request, at now: ClientInstant) -> Step {
        switch request {
        case .login: return sendLogin(at: now)
        case .logout: return sendLogout()
        case .refresh:
            guard let session else { return finish(.failure(.notSignedIn)) }
            if !flight.isReachable {
                let probe = ClientRequest(method: "GET", url: settings.issuer + "/health/live", headers: [], body: nil)
                return perform(.send(probe), .probing)
            }
            if flight.marked > session.presentations { return present(at: now) }
            flight.marked = session.presentations + 1
            var marked = session
            marked.presentations = flight.marked
            marked.presentedAt = max(0, now.unix)
            return perform(.save(marked.encoded), .marking)
        }
    }

    mutating func probed(_ event: Event, at now: ClientInstant) -> Step {
        if case .answered(let answer) = event, answer.status < 500 {
            flight.isReachable = true
            return send(.refresh, at: now)
        }
        return repeatLater(.refresh, after: .zero, at: now)
    }

    mutating func present(at now: ClientInstant) -> Step {
        guard let session else { return finish(.failure(.notSignedIn)) }
        self.session?.presentedAt = max(0, now.unix)
        let body = RefreshForm(refreshToken: session.refreshToken, clientID: settings.clientID).body
        return perform(.send(post("/v1/refresh", body, provingWith: session.key, at: now)), .awaiting(.refresh))
    }

    /// The refresh was answered with new tokens: they are stored before anything uses them.
    mutating func succeeded(_ tokens: TokenAnswer, at now: ClientInstant) -> Step {
        guard var successor = session else { return finish(.failure(.notSignedIn)) }
        successor.refreshToken = tokens.refreshToken
        successor.scope = tokens.scope
        successor.access = AccessCredential(
            token: tokens.accessToken, isBound: tokens.isBound, receivedAt: max(0, now.unix), lifetime: tokens.lifetime)
        successor.presentations = 0
        remember(successor.access, for: .seconds(tokens.lifetime), at: now)
        return perform(.save(successor.encoded), .storing(successor))
    }

    mutating func stored(_ successor: StoredSession, _ event: Event, at now: ClientInstant) -> Step {
        let parent = session?.refreshToken
        session = successor
        var reports: [ClientEvent] = []
        if case .storeFailed(let error) = event, let parent {
            // The store still holds the parent. The successor is not presented before it is stored.
            unsaved = (parent, successor)
            reports = [.storeFailed(error.description)]
        }
        return finish(.success(.token(successor.access)), reporting: reports + [.refreshed(successor.summary)])
    }

    /// Ends a refresh without new tokens. A recorded presentation that did not take place is taken back.
    mutating func giveUp(_ error: HeirloomClientError) -> Step {
        guard case .awaiting(.refresh) = state, let session, flight.marked > session.presentations else {
            return finish(.failure(error))
        }
        return perform(.save(session.encoded), .finishing(.failure(error)))
    }
}
