/// The numbers of the rotation rule (contract: `refreshToken.*`), all in seconds but the count.
package struct RotationPolicy: Sendable, Equatable {
    package var idleLifetimeSeconds: Int
    package var absoluteLifetimeSeconds: Int
    package var retryWindowSeconds: Int
    package var maxRetries: Int

    package init(
        idleLifetimeSeconds: Int = 1_209_600, absoluteLifetimeSeconds: Int = 7_776_000, retryWindowSeconds: Int = 60,
        maxRetries: Int = 10
    ) {
        self.idleLifetimeSeconds = idleLifetimeSeconds
        self.absoluteLifetimeSeconds = absoluteLifetimeSeconds
        self.retryWindowSeconds = retryWindowSeconds
        self.maxRetries = maxRetries
    }

    /// Whether the parent of `current` may be presented once more: counted from its first use, never sliding. A window
    /// of 0 turns retries off. The companion of the last retry is still welcome: it does not count.
    func allowsRetry(of current: RefreshTokenRecord, isConcurrent: Bool, at now: Timestamp) -> Bool {
        retryWindowSeconds > 0 && now <= current.rotatedAt + retryWindowSeconds
            && (current.retries < maxRetries || isConcurrent)
    }
}
