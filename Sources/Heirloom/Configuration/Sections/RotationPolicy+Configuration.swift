import TokenCore

extension RotationPolicy {
    enum Key {
        static let idleLifetimeSeconds = ConfigurationKey(
            "refreshToken.idleLifetimeSeconds", .integer(in: 1...315_360_000),
            default: RotationPolicy().idleLifetimeSeconds)
        static let absoluteLifetimeSeconds = ConfigurationKey(
            "refreshToken.absoluteLifetimeSeconds", .integer(in: 1...315_360_000),
            default: RotationPolicy().absoluteLifetimeSeconds)
        static let unrememberedLifetimeSeconds = ConfigurationKey(
            "refreshToken.unrememberedLifetimeSeconds", .integer(in: 1...315_360_000),
            default: RotationPolicy().unrememberedLifetimeSeconds)
        static let retryWindowSeconds = ConfigurationKey(
            "refreshToken.retryWindowSeconds", .integer(in: 0...RotationPolicy.longestRetryWindowSeconds),
            default: RotationPolicy().retryWindowSeconds)
        static let maxRetries = ConfigurationKey(
            "refreshToken.maxRetries", .integer(in: 0...1000), default: RotationPolicy().maxRetries)
        static let maxSessionsPerSubject = ConfigurationKey(
            "refreshToken.maxSessionsPerSubject", .integer(in: 0...1000),
            default: RotationPolicy().maxSessionsPerSubject)
    }

    init(_ reader: inout ConfigurationReader) {
        self.init(
            idleLifetimeSeconds: reader[Key.idleLifetimeSeconds],
            absoluteLifetimeSeconds: reader[Key.absoluteLifetimeSeconds],
            unrememberedLifetimeSeconds: reader[Key.unrememberedLifetimeSeconds],
            retryWindowSeconds: reader[Key.retryWindowSeconds], maxRetries: reader[Key.maxRetries],
            maxSessionsPerSubject: reader[Key.maxSessionsPerSubject])
        if absoluteLifetimeSeconds < idleLifetimeSeconds {
            reader.warn(
                Key.absoluteLifetimeSeconds.path,
                "\(absoluteLifetimeSeconds) s is shorter than \(Key.idleLifetimeSeconds.path), "
                    + "\(idleLifetimeSeconds) s, so that every session ends before it has been idle for that long")
        }
    }
}
