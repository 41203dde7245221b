import CArgon2
import Foundation
package import TokenCore

/// Argon2id (RFC 9106) by libargon2, as PHC strings.
package struct Argon2id: Sendable, Equatable {
    package var memoryKiB: Int
    package var iterations: Int
    package var parallelism: Int

    package init(memoryKiB: Int = 19_456, iterations: Int = 2, parallelism: Int = 1) {
        self.memoryKiB = memoryKiB
        self.iterations = iterations
        self.parallelism = parallelism
    }

    package struct Failure: Error, CustomStringConvertible {
        let code: Int32
        package var description: String { "Argon2id failed: \(String(cString: argon2_error_message(code)))" }
    }

    /// Takes tens of milliseconds of CPU and `memoryKiB` of memory.
    func hash(_ password: Password, salt: RandomBytes<16>) throws -> PasswordHash {
        let bytes = Array(password.text.utf8)
        let length = argon2_encodedlen(
            UInt32(iterations), UInt32(memoryKiB), UInt32(parallelism), UInt32(salt.bytes.count), 32, Argon2_id)
        var encoded = [CChar](repeating: 0, count: length)
        let code = argon2id_hash_encoded(
            UInt32(iterations), UInt32(memoryKiB), UInt32(parallelism), bytes, bytes.count, salt.bytes,
            salt.bytes.count, 32, &encoded, length)
        guard code == ARGON2_OK.rawValue else { throw Failure(code: code) }
        return PasswordHash(
            phc: String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init(bitPattern:)), as: UTF8.self))
    }

    /// A hash that no password is known to have. Verifying a password against it takes as long as against one that
    /// these parameters have made, and making it takes no time.
    ///
    /// - Throws: ``Failure`` for parameters that no hash can have.
    package func decoy(_ entropy: Entropy) throws -> PasswordHash {
        // RFC 9106 §3.1.
        guard iterations > 0, parallelism > 0, memoryKiB >= 8 * parallelism else {
            throw Failure(code: ARGON2_MEMORY_TOO_LITTLE.rawValue)
        }
        func field(_ bytes: [UInt8]) -> String {
            Data(bytes).base64EncodedString().trimmingCharacters(in: CharacterSet(charactersIn: "="))
        }
        let (salt, digest): (RandomBytes<16>, RandomBytes<32>) = (entropy.bytes(), entropy.bytes())
        return PasswordHash(phc: "\(header)\(field(salt.bytes))$\(field(digest.bytes))")
    }

    /// Compares in constant time. As slow as the hash is.
    static func verify(_ password: Password, against hash: PasswordHash) -> Bool {
        let bytes = Array(password.text.utf8)
        return argon2id_verify(hash.phc, bytes, bytes.count) == ARGON2_OK.rawValue
    }

    /// Whether `hash` was made with other parameters than these.
    func isOutdated(_ hash: PasswordHash) -> Bool { !hash.phc.hasPrefix(header) }

    /// How a hash begins that these parameters have made.
    private var header: String { "$argon2id$v=19$m=\(memoryKiB),t=\(iterations),p=\(parallelism)$" }
}
