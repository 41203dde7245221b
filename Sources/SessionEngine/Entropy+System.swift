import Synchronization
package import TokenCore

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension Entropy {
    /// The system's generator, read in blocks: a system call for each nonce would cost more than the HMAC that uses it.
    package static let system = {
        let block = Mutex<[UInt8]>([])
        return Entropy { count in
            block.withLock { block in
                while block.count < count { block += freshBlock() }
                defer { block.removeLast(count) }
                return Array(block.suffix(count))
            }
        }
    }()

    /// As many bytes as one call returns.
    private static func freshBlock() -> [UInt8] {
        [UInt8](unsafeUninitializedCapacity: 256) { bytes, count in
            // It fails on a system without a generator only, where nothing secret can be made.
            precondition(getentropy(bytes.baseAddress!, 256) == 0, "The system has no random numbers")
            count = 256
        }
    }
}
