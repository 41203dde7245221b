import CArgon2
import NIOPosix
import Synchronization
package import TokenCore

/// Hashes and verifies passwords on a bounded number of threads of its own. Many logins at once fill this queue and
/// nothing else, and those that would wait long are refused.
package final class PasswordHasher: Sendable {
    package let parameters: Argon2id
    private let threads: NIOThreadPool
    private let queueLimit: Int
    private let waiting = Atomic(0)
    private let entropy: Entropy
    /// What a password is compared with when there is no user, so that the answer takes as long as for a user.
    private let decoy: PasswordHash

    /// - Parameters:
    ///   - concurrency: how many hashes are computed at once.
    ///   - queueLimit: how many may be under way or wait; one more is refused. By default a wait of about a second.
    package init(parameters: Argon2id, concurrency: Int, queueLimit: Int? = nil, entropy: Entropy = .system) throws {
        self.parameters = parameters
        self.queueLimit = queueLimit ?? concurrency * 16
        self.entropy = entropy
        // A hash uses megabytes for milliseconds. Without this the allocator would keep them, once for each thread.
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        threads = NIOThreadPool(numberOfThreads: concurrency)
        threads.start()
        decoy = try parameters.hash(Password("no password"), salt: entropy.bytes())
    }

    /// - Throws: ``Busy`` at once when too many wait.
    package func hash(_ password: Password) async throws -> PasswordHash {
        let salt: RandomBytes<16> = entropy.bytes()
        return try await run { [parameters] in try parameters.hash(password, salt: salt) }
    }

    /// Whether `password` matches `hash`. Without a hash it takes the same time and does not match.
    ///
    /// - Throws: ``Busy`` at once when too many wait.
    package func verify(_ password: Password, against hash: PasswordHash?) async throws -> Bool {
        let compared = hash ?? decoy
        let isRight = try await run { Argon2id.verify(password, against: compared) }
        return isRight && hash != nil
    }

    package struct Busy: Error {}

    /// How many hashes are under way or wait.
    package var depth: Int { waiting.load(ordering: .relaxed) }

    package func shutdown() async throws { try await threads.shutdownGracefully() }

    private func run<Value: Sendable>(_ work: @escaping @Sendable () throws -> Value) async throws -> Value {
        guard waiting.add(1, ordering: .relaxed).newValue <= queueLimit else {
            waiting.subtract(1, ordering: .relaxed)
            throw Busy()
        }
        defer { waiting.subtract(1, ordering: .relaxed) }
        return try await threads.runIfActive(work)
    }
}
