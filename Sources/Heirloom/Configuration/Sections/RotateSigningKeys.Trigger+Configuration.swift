import TokenCore

extension RotateSigningKeys.Trigger {
    enum Key {
        static let rotateEverySeconds = ConfigurationKey(
            "signingKeys.rotateEverySeconds", .integer(in: 1...315_360_000), default: 2_592_000,
            meaning: "How long a signing key is current.")
        static let publishAheadSeconds = ConfigurationKey(
            "signingKeys.publishAheadSeconds", .integer(in: 0...315_360_000), default: 86_400,
            meaning: "How long a signing key is published before it signs.")
    }

    /// The schedule of the key ring.
    init(_ reader: inout ConfigurationReader) {
        let (every, ahead) = (reader[Key.rotateEverySeconds], reader[Key.publishAheadSeconds])
        self = .schedule(every: every, publishedFor: ahead)
        if ahead > every {
            reader.warn(
                Key.publishAheadSeconds.path,
                "\(ahead) s is longer than \(Key.rotateEverySeconds.path), \(every) s, so that each key signs for as "
                    + "long as the next one is published: \(ahead) s")
        }
    }
}
