import Accounts

extension Argon2id {
    enum Key {
        static let memoryKiB = ConfigurationKey(
            "passwords.memoryKiB", .integer(in: 8...4_194_304), default: Argon2id().memoryKiB,
            meaning: "Argon2id: the memory of one hash, at least 8 KiB for each lane.")
        static let iterations = ConfigurationKey(
            "passwords.iterations", .integer(in: 1...1000), default: Argon2id().iterations,
            meaning: "Argon2id: the number of passes.")
        static let parallelism = ConfigurationKey(
            "passwords.parallelism", .integer(in: 1...64), default: Argon2id().parallelism,
            meaning: "Argon2id: the number of lanes.")
    }

    init(_ reader: inout ConfigurationReader) {
        self.init(
            memoryKiB: reader[Key.memoryKiB], iterations: reader[Key.iterations], parallelism: reader[Key.parallelism])
        // RFC 9106 §3.1.
        if memoryKiB < 8 * parallelism {
            reader.refuse(Key.memoryKiB.path, "expected at least 8 for each of passwords.parallelism")
        }
    }
}
