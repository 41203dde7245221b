import CArgon2
import CSodium
import Foundation
package import TokenCore

/// Argon2id (RFC 9106), as PHC strings.
///
/// With one lane it is computed by libsodium, which uses AVX2 or AVX-512 where the processor has them. libsodium makes
/// no hashes of more lanes; libargon2 makes and verifies these, with a thread for each lane.
package struct Argon2id: Sendable, Equatable {
    package var memoryKiB: Int
    package var iterations: Int
    package var parallelism: Int

    package init(memoryKiB: Int = 19_456, iterations: Int = 2, parallelism: Int = 1) {
        self.memoryKiB = memoryKiB
        self.iterations = iterations
        self.parallelism = parallelism
    }

    package enum Failure: Error, CustomStringConvertible {
        /// A code of libargon2.
        case refused(code: Int32)
        /// libsodium says no reason. Impossible parameters are refused before, so there is too little memory.
        case noMemory
        case noSodium

        package var description: String {
            switch self {
            case .refused(let code): "Argon2id failed: \(String(cString: argon2_error_message(code)))"
            case .noMemory: "Argon2id failed: too little memory"
            case .noSodium: "libsodium cannot be initialised"
            }
        }
    }

    private static let digestLength = 32
    /// libsodium chooses the code for this processor once. Before that it uses the slowest.
    private static let isSodiumReady = sodium_init() >= 0

    /// Makes libsodium ready.
    ///
    /// - Throws: ``Failure/noSodium``
    static func prepare() throws {
        guard isSodiumReady else { throw Failure.noSodium }
    }

    /// Takes tens of milliseconds of CPU and `memoryKiB` of memory.
    func hash(_ password: Password, salt: RandomBytes<16>) throws -> PasswordHash {
        let bytes = password.text.utf8.map(CChar.init(bitPattern:))
        var digest = [UInt8](repeating: 0, count: Argon2id.digestLength)
        if parallelism == 1 {
            let code = crypto_pwhash_argon2id(
                &digest, UInt64(digest.count), bytes, UInt64(bytes.count), salt.bytes, UInt64(iterations),
                memoryKiB << 10, crypto_pwhash_argon2id_alg_argon2id13())
            guard code == 0 else { throw Failure.noMemory }
        } else {
            let code = argon2id_hash_raw(
                UInt32(iterations), UInt32(memoryKiB), UInt32(parallelism), bytes, bytes.count, salt.bytes,
                salt.bytes.count, &digest, digest.count)
            guard code == ARGON2_OK.rawValue else { throw Failure.refused(code: code) }
        }
        return text(salt: salt, digest: digest)
    }

    /// A hash that no password is known to have. Verifying a password against it takes as long as against one that
    /// these parameters have made, and making it takes no time.
    ///
    /// - Throws: ``Failure`` for parameters that no hash can have.
    package func decoy(_ entropy: Entropy) throws -> PasswordHash {
        // RFC 9106 §3.1.
        guard iterations > 0, parallelism > 0, memoryKiB >= 8 * parallelism else {
            throw Failure.refused(code: ARGON2_MEMORY_TOO_LITTLE.rawValue)
        }
        let (salt, digest): (RandomBytes<16>, RandomBytes<32>) = (entropy.bytes(), entropy.bytes())
        return text(salt: salt, digest: digest.bytes)
    }

    /// Compares in constant time. As slow as the hash is.
    ///
    /// - Parameter hash: one that these parameters have made.
    func verify(_ password: Password, against hash: PasswordHash) -> Bool {
        let bytes = password.text.utf8.map(CChar.init(bitPattern:))
        if parallelism == 1 {
            return crypto_pwhash_argon2id_str_verify(hash.phc, bytes, UInt64(bytes.count)) == 0
        }
        return argon2id_verify(hash.phc, bytes, bytes.count) == ARGON2_OK.rawValue
    }

    /// Whether `hash` was made with other parameters than these.
    func isOutdated(_ hash: PasswordHash) -> Bool { !hash.phc.hasPrefix(header) }

    /// How a hash begins that these parameters have made.
    private var header: String { "$argon2id$v=19$m=\(memoryKiB),t=\(iterations),p=\(parallelism)$" }

    private func text(salt: RandomBytes<16>, digest: [UInt8]) -> PasswordHash {
        func field(_ bytes: [UInt8]) -> String {
            Data(bytes).base64EncodedString().trimmingCharacters(in: CharacterSet(charactersIn: "="))
        }
        return PasswordHash(phc: "\(header)\(field(salt.bytes))$\(field(digest))")
    }
}
