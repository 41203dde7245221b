/// A client's own limits for its sessions, in seconds; nil for the service's.
package struct ClientLimits: Sendable, Equatable {
    /// At least 1.
    package var idleLifetimeSeconds: Int?
    /// At least 1. It concerns sessions that are opened from then on.
    package var absoluteLifetimeSeconds: Int?
    /// 0 to ``RotationPolicy/longestRetryWindowSeconds``.
    package var retryWindowSeconds: Int?

    package init(
        idleLifetimeSeconds: Int? = nil, absoluteLifetimeSeconds: Int? = nil, retryWindowSeconds: Int? = nil
    ) {
        self.idleLifetimeSeconds = idleLifetimeSeconds
        self.absoluteLifetimeSeconds = absoluteLifetimeSeconds
        self.retryWindowSeconds = retryWindowSeconds
    }
}
