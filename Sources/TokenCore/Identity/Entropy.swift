import Crypto
import Synchronization

/// Where randomness comes from: the system's cryptographically secure generator, or a test's seed.
package struct Entropy: Sendable {
    private let fill: @Sendable (_ count: Int) -> [UInt8]

    private init(fill: @escaping @Sendable (Int) -> [UInt8]) { self.fill = fill }

    /// Takes words one after the other, for tests.
    package init(_ nextWord: @escaping @Sendable () -> UInt64) {
        self.init { count in
            var bytes: [UInt8] = []
            while bytes.count < count { withUnsafeBytes(of: nextWord().littleEndian) { bytes.append(contentsOf: $0) } }
            return Array(bytes.prefix(count))
        }
    }

    /// Drawn from the system in blocks: a system call for each nonce cost more than the HMAC it goes into.
    package static let system = {
        let block = Mutex<[UInt8]>([])
        return Entropy { count in
            block.withLock { block in
                if block.count < count {
                    block = SymmetricKey(size: SymmetricKeySize(bitCount: 32_768)).withUnsafeBytes { Array($0) }
                }
                defer { block.removeLast(count) }
                return Array(block.suffix(count))
            }
        }
    }()

    package func bytes<let count: Int>() -> RandomBytes<count> { RandomBytes(bytes: fill(count)) }
}

/// `count` random bytes, made outside the rules and handed to them.
package struct RandomBytes<let count: Int>: Sendable {
    package let bytes: [UInt8]

    fileprivate init(bytes: [UInt8]) { self.bytes = bytes }
}
