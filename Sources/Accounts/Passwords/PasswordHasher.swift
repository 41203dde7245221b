import CArgon2
import NIOPosix
import SessionEngine
import Synchronization
package import TokenCore

/// Hashes and verifies passwords on a bounded number of threads of its own. Many logins at once fill this queue and
/// nothing else, and those that would wait long are refused.
package final class PasswordHasher: Sendable {
    package let parameters: Argon2id
    private let threads: NIOThreadPool
    /// One thread for the hashes of imported users that take more memory than the configured parameters: no two of
    /// them are computed at once.
    private let largeHashThread: NIOThreadPool
    private let places: Mutex<HashPlaces>
    private let entropy: Entropy
    /// What a password is compared with when there is no user, so that the answer takes as long as for a user.
    private let decoy: PasswordHash

    /// - Parameters:
    ///   - concurrency: how many hashes are computed at once.
    ///   - queueLimit: how many may be under way or wait; one more is refused. By default a wait of about a second.
    ///     ``HashPlaces`` says how they are shared.
    /// - Throws: ``Argon2id/Failure`` for parameters that no hash can have, and without a working libsodium.
    package init(parameters: Argon2id, concurrency: Int, queueLimit: Int? = nil, entropy: Entropy = .system) throws {
        self.parameters = parameters
        places = Mutex(HashPlaces(limit: queueLimit ?? concurrency * 16))
        self.entropy = entropy
        // A hash uses megabytes for milliseconds. Without this the allocator would keep them, once for each thread.
        mallopt(M_MMAP_THRESHOLD, 1 << 20)
        threads = NIOThreadPool(numberOfThreads: concurrency)
        threads.start()
        largeHashThread = NIOThreadPool(numberOfThreads: 1)
        largeHashThread.start()
        decoy = try parameters.decoy(entropy)
        try Argon2id.prepare()
    }

    /// - Throws: ``Busy`` at once when too many wait.
    package func hash(_ password: Password, for applicant: HashPlaces.Applicant) async throws -> PasswordHash {
        let salt: RandomBytes<16> = entropy.bytes()
        return try await run(on: threads, for: applicant) { [parameters] in try parameters.hash(password, salt: salt) }
    }

    /// Whether `password` matches `hash`. Without a hash it takes the same time and does not match.
    ///
    /// - Throws: ``Busy`` at once when too many wait.
    package func verify(
        _ password: Password, against hash: PasswordHash?, for applicant: HashPlaces.Applicant
    ) async throws -> Bool {
        // A hash that cannot be read takes the time of the decoy.
        if let hash, parameters.isOutdated(hash), let scheme = hash.scheme {
            let thread = scheme.memoryKiB > parameters.memoryKiB ? largeHashThread : threads
            return try await run(on: thread, for: applicant) { PasswordHasher.verify(password, against: scheme) }
        }
        let own = hash.flatMap { parameters.isOutdated($0) ? nil : $0 }
        let isRight = try await run(on: threads, for: applicant) { [parameters, decoy] in
            parameters.verify(password, against: own ?? decoy)
        }
        return isRight && own != nil
    }

    /// Most other programs hash a password as it was typed.
    private static func verify(_ password: Password, against scheme: any PasswordScheme) -> Bool {
        let (normalized, given) = (Array(password.text.utf8), Array(password.given.utf8))
        return scheme.matches(normalized) || normalized != given && scheme.matches(given)
    }

    package struct Busy: Error {}

    /// How many hashes are under way or wait.
    package var depth: Int { places.withLock { $0.held } }

    package func shutdown() async throws {
        try await threads.shutdownGracefully()
        try await largeHashThread.shutdownGracefully()
    }

    private func run<Value: Sendable>(
        on threads: NIOThreadPool, for applicant: HashPlaces.Applicant, _ work: @escaping @Sendable () throws -> Value
    ) async throws -> Value {
        guard let place = places.withLock({ $0.take(applicant) }) else { throw Busy() }
        defer { places.withLock { $0.give(back: place) } }
        return try await threads.runIfActive {
            PasswordHasher.giveWay()
            return try work()
        }
    }

    /// Lowers the share of CPU time that this thread gets while others want it too: many logins must not slow down the
    /// requests of those who are signed in. It concerns the thread alone (setpriority(2), "C library/kernel
    /// differences").
    private static func giveWay() {
        #if os(Linux)
            _ = setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 5)
        #endif
    }
}
