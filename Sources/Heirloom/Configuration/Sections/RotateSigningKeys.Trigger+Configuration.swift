import TokenCore

extension RotateSigningKeys.Trigger {
    enum Key {
        static let rotateEverySeconds = ConfigurationKey(
            "signingKeys.rotateEverySeconds", .integer(in: 1...315_360_000), default: 2_592_000)
        static let publishAheadSeconds = ConfigurationKey(
            "signingKeys.publishAheadSeconds", .integer(in: 0...315_360_000), default: 86_400)
    }

    /// The schedule of the key ring.
    init(_ reader: ConfigurationReader) {
        self = .schedule(every: reader[Key.rotateEverySeconds], publishedFor: reader[Key.publishAheadSeconds])
    }
}
