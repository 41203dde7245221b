/// A source of randomness: the system's cryptographically secure generator, or the seed of a test.
package struct Entropy: Sendable {
    private let fill: @Sendable (_ count: Int) -> [UInt8]

    /// - Parameter fill: makes so many bytes.
    package init(fill: @escaping @Sendable (_ count: Int) -> [UInt8]) { self.fill = fill }

    /// A source that takes words one after the other, for tests.
    package init(_ nextWord: @escaping @Sendable () -> UInt64) {
        self.init { count in
            var bytes: [UInt8] = []
            while bytes.count < count { withUnsafeBytes(of: nextWord().littleEndian) { bytes.append(contentsOf: $0) } }
            return Array(bytes.prefix(count))
        }
    }

    package func bytes<let count: Int>() -> RandomBytes<count> { RandomBytes(bytes: fill(count)) }
}

/// `count` random bytes. The rules are given them, and make none themselves.
package struct RandomBytes<let count: Int>: Sendable {
    package let bytes: [UInt8]

    fileprivate init(bytes: [UInt8]) { self.bytes = bytes }
}
