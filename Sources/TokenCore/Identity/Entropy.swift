/// Where randomness comes from: the system's cryptographically secure generator, or a test's seed.
package struct Entropy: Sendable {
    private let nextWord: @Sendable () -> UInt64

    package init(_ nextWord: @escaping @Sendable () -> UInt64) { self.nextWord = nextWord }

    package static let system = Entropy {
        var generator = SystemRandomNumberGenerator()
        return generator.next()
    }

    package func bytes<let count: Int>() -> RandomBytes<count> {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(count)
        while bytes.count < count {
            var word = nextWord()
            for _ in 0..<min(8, count - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return RandomBytes(bytes: bytes)
    }
}

/// `count` random bytes, made outside the rules and handed to them.
package struct RandomBytes<let count: Int>: Sendable {
    package let bytes: [UInt8]

    fileprivate init(bytes: [UInt8]) { self.bytes = bytes }
}
