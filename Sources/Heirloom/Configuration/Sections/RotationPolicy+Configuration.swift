import TokenCore

extension RotationPolicy {
    enum Key {
        static let idleLifetimeSeconds = ConfigurationKey(
            "refreshToken.idleLifetimeSeconds", .integer(in: 1...315_360_000),
            default: RotationPolicy().idleLifetimeSeconds,
            meaning: "How long after its last rotation a session expires.")
        static let absoluteLifetimeSeconds = ConfigurationKey(
            "refreshToken.absoluteLifetimeSeconds", .integer(in: 1...315_360_000),
            default: RotationPolicy().absoluteLifetimeSeconds,
            meaning: "How long after its login a session expires. Nothing extends it.")
        static let unrememberedLifetimeSeconds = ConfigurationKey(
            "refreshToken.unrememberedLifetimeSeconds", .integer(in: 1...315_360_000),
            default: RotationPolicy().unrememberedLifetimeSeconds,
            meaning: "The absolute lifetime after a login with [`remember: false`](http-api.md#tokens), at most the "
                + "other one.")
        static let retryWindowSeconds = ConfigurationKey(
            "refreshToken.retryWindowSeconds", .integer(in: 0...RotationPolicy.longestRetryWindowSeconds),
            default: RotationPolicy().retryWindowSeconds,
            meaning: "How long the parent of the current token may be [presented again](rotation.md). 0: never.")
        static let maxRetries = ConfigurationKey(
            "refreshToken.maxRetries", .integer(in: 0...1000), default: RotationPolicy().maxRetries,
            meaning: "How often the parent of the current token may be presented again.")
        static let maxSessionsPerSubject = ConfigurationKey(
            "refreshToken.maxSessionsPerSubject", .integer(in: 0...1000),
            default: RotationPolicy().maxSessionsPerSubject,
            meaning: "[How many sessions](operations.md#how-many-sessions-a-subject-may-have) a subject may have. "
                + "0: any number. `config.json` has 100.")
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
