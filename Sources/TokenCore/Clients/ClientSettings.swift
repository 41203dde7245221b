/// What an administrator sets of a client. A setting that is nil stays as it is.
package struct ClientSettings: Sendable, Equatable {
    /// What the client may ask for.
    package var allowedScope: Scope?
    package var permissions: Set<ClientRecord.Permission>?
    package var accessTokenFormat: ClientRecord.AccessTokenFormat?
    package var idleLifetime: Limit?
    package var absoluteLifetime: Limit?
    package var retryWindow: Limit?
    /// Whether the client gets no token without a proof.
    package var requiresProof: Bool?

    /// A limit of the client's sessions.
    package enum Limit: Sendable, Equatable {
        case seconds(Int)
        /// The client has no limit of its own.
        case ofService

        fileprivate var seconds: Int? {
            if case .seconds(let seconds) = self { seconds } else { nil }
        }
    }

    /// Why settings are refused.
    package enum Mistake: Error, Sendable, Equatable {
        case permissionsOfPublicClient
        /// The largest number of seconds that the service allows.
        case idleLifetime(maximum: Int)
        /// The largest number of seconds that the service allows.
        case absoluteLifetime(maximum: Int)
        case retryWindow
    }

    package init(
        allowedScope: Scope? = nil, permissions: Set<ClientRecord.Permission>? = nil,
        accessTokenFormat: ClientRecord.AccessTokenFormat? = nil, idleLifetime: Limit? = nil,
        absoluteLifetime: Limit? = nil, retryWindow: Limit? = nil, requiresProof: Bool? = nil
    ) {
        self.allowedScope = allowedScope
        self.permissions = permissions
        self.accessTokenFormat = accessTokenFormat
        self.idleLifetime = idleLifetime
        self.absoluteLifetime = absoluteLifetime
        self.retryWindow = retryWindow
        self.requiresProof = requiresProof
    }

    /// A client with these settings in place of its own.
    ///
    /// - Parameter policy: the service's, whose lifetimes no client's exceeds.
    func applied(to client: ClientRecord, _ policy: RotationPolicy) throws(Mistake) -> ClientRecord {
        if permissions != nil, !client.isConfidential { throw .permissionsOfPublicClient }
        let (idle, absolute) = (policy.idleLifetimeSeconds, policy.absoluteLifetimeSeconds)
        if let seconds = idleLifetime?.seconds, !(1...idle ~= seconds) { throw .idleLifetime(maximum: idle) }
        if let seconds = absoluteLifetime?.seconds, !(1...absolute ~= seconds) {
            throw .absoluteLifetime(maximum: absolute)
        }
        if let seconds = retryWindow?.seconds, !(0...RotationPolicy.longestRetryWindowSeconds ~= seconds) {
            throw .retryWindow
        }
        var client = client
        if let allowedScope { client.allowedScope = allowedScope }
        if let permissions { client.permissions = permissions }
        if let accessTokenFormat { client.accessTokenFormat = accessTokenFormat }
        if let idleLifetime { client.limits.idleLifetimeSeconds = idleLifetime.seconds }
        if let absoluteLifetime { client.limits.absoluteLifetimeSeconds = absoluteLifetime.seconds }
        if let requiresProof { client.requiresProof = requiresProof }
        if let retryWindow { client.limits.retryWindowSeconds = retryWindow.seconds }
        return client
    }
}

extension ClientSettings.Mistake: CustomStringConvertible {
    /// A clause for people.
    package var description: String {
        switch self {
        case .permissionsOfPublicClient: "a public client cannot authenticate and so has no permissions"
        case .idleLifetime(let maximum): "the idle lifetime is not 1 to \(maximum) s, the service's own"
        case .absoluteLifetime(let maximum): "the absolute lifetime is not 1 to \(maximum) s, the service's own"
        case .retryWindow: "the retry window is not 0 to \(RotationPolicy.longestRetryWindowSeconds) s"
        }
    }
}
