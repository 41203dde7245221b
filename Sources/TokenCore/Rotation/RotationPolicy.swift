/// The configured numbers of sessions and of the rotation rule (`refreshToken.*`): durations in seconds, and counts.
package struct RotationPolicy: Sendable, Equatable {
    package var idleLifetimeSeconds: Int
    package var absoluteLifetimeSeconds: Int
    /// The absolute lifetime of sessions that a browser forgets when it is closed.
    package var unrememberedLifetimeSeconds: Int
    package var retryWindowSeconds: Int
    package var maxRetries: Int
    /// How many open sessions a subject may have; 0 for any number.
    package var maxSessionsPerSubject: Int

    package init(
        idleLifetimeSeconds: Int = 1_209_600, absoluteLifetimeSeconds: Int = 7_776_000,
        unrememberedLifetimeSeconds: Int = 43_200, retryWindowSeconds: Int = 60, maxRetries: Int = 10,
        maxSessionsPerSubject: Int = 0
    ) {
        self.idleLifetimeSeconds = idleLifetimeSeconds
        self.absoluteLifetimeSeconds = absoluteLifetimeSeconds
        self.unrememberedLifetimeSeconds = unrememberedLifetimeSeconds
        self.retryWindowSeconds = retryWindowSeconds
        self.maxRetries = maxRetries
        self.maxSessionsPerSubject = maxSessionsPerSubject
    }

    /// The longest retry window that the service or a client may have.
    package static let longestRetryWindowSeconds = 600

    /// The policy for a client's sessions: its own limits in place of the service's. A lifetime is never longer than
    /// the service's, also after the service's was shortened.
    ///
    /// The client's limits are read at each judgement, as the service's are, so that an administrator who shortens one
    /// ends idle sessions at once. Only the end of the absolute lifetime is fixed when the session is opened.
    package func policy(for client: ClientRecord?) -> RotationPolicy {
        guard let limits = client?.limits else { return self }
        var policy = self
        policy.idleLifetimeSeconds = min(limits.idleLifetimeSeconds ?? .max, idleLifetimeSeconds)
        policy.absoluteLifetimeSeconds = min(limits.absoluteLifetimeSeconds ?? .max, absoluteLifetimeSeconds)
        policy.retryWindowSeconds = limits.retryWindowSeconds ?? retryWindowSeconds
        return policy
    }

    /// When a session expires if its refresh token is not used again.
    package func expiry(of session: Session) -> Timestamp {
        min(session.record.expiresAt, session.token.rotatedAt + policy(for: session.client).idleLifetimeSeconds)
    }

    /// The absolute lifetime of a new session.
    package func absoluteLifetimeSeconds(isRemembered: Bool) -> Int {
        isRemembered ? absoluteLifetimeSeconds : min(unrememberedLifetimeSeconds, absoluteLifetimeSeconds)
    }

    /// Rows 4 and 5 of the rule: why a session is not live; nil when it is. The one place that decides this.
    package func refusal(of session: Session, at now: Timestamp) -> Refusal? {
        if !session.isOpen { return .revoked }
        return now < expiry(of: session) ? nil : .expired
    }

    /// The status of a session; `.refused(.unknown, nil)` for nil.
    package func status(of session: Session?, at now: Timestamp) -> SessionStatus {
        guard let session else { return .refused(.unknown, nil) }
        return refusal(of: session, at: now).map { .refused($0, session) } ?? .live(session)
    }

    /// Row 7: whether the parent of a session's current token may be presented once more. A window of 0 turns retries
    /// off. In a session that is bound to a key the window has no end, because the proof shows that the key's holder
    /// asks. A presentation that is concurrent with the last retry is accepted, since it does not count.
    func allowsRetry(of session: Session, isConcurrent: Bool, at now: Timestamp) -> Bool {
        retryWindowSeconds > 0 && (session.boundKey != nil || !isLate(session.token, at: now))
            && (session.token.retries < maxRetries || isConcurrent)
    }

    /// Whether the retry window of `current` is over. It is counted from the first use of the parent and never slides.
    func isLate(_ current: RefreshTokenRecord, at now: Timestamp) -> Bool {
        now > current.rotatedAt + retryWindowSeconds
    }
}
