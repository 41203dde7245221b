import Accounts
import CArgon2
import Testing
import SessionEngine
import TokenCore

struct PasswordHasherTests {
    private func hasher(_ parameters: Argon2id = Argon2id(memoryKiB: 8, iterations: 1)) throws -> PasswordHasher {
        try PasswordHasher(parameters: parameters, concurrency: 2)
    }

    /// bcrypt ignores bytes after the 72nd, and C strings end at a NUL.
    @Test(arguments: [
        ("", "\u{0}"), (String(repeating: "a", count: 72), String(repeating: "a", count: 73)),
        (String(repeating: "a", count: 72) + "b", String(repeating: "a", count: 72) + "c"),
        ("abc\u{0}def", "abc\u{0}deg"), ("abc\u{0}", "abc"), ("\u{0}abc", "\u{0}abd"), ("secret", "Secret"),
        ("secret", "secret "), (String(repeating: "x", count: 1024), String(repeating: "x", count: 1023)),
    ])
    func `every byte of a password counts`(password: String, other: String) async throws {
        let hasher = try hasher()
        let hash = try await hasher.hash(Password(password), for: .service)
        #expect(try await hasher.verify(Password(password), against: hash, for: .service))
        #expect(try await !hasher.verify(Password(other), against: hash, for: .service))
    }

    @Test func `a hash is a salted Argon2id PHC string`() async throws {
        let hasher = try hasher(Argon2id(memoryKiB: 64, iterations: 3, parallelism: 2))
        let one = try await hasher.hash(Password("secret"), for: .service)
        let other = try await hasher.hash(Password("secret"), for: .service)
        #expect(one.phc.hasPrefix("$argon2id$v=19$m=64,t=3,p=2$"))
        #expect(one != other && !one.phc.contains("secret"))
    }

    @Test(arguments: [
        "", "$", "secret", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA",
        "$argon2id$v=19$m=99999999999,t=1,p=1$c2FsdHNhbHQ$AAAA", "$2b$12$abcdefghijklmnopqrstuu",
    ])
    func `a malformed hash matches no password`(phc: String) async throws {
        let hasher = try hasher()
        for password in ["", "secret"] {
            #expect(try await !hasher.verify(Password(password), against: PasswordHash(phc: phc), for: .service))
        }
    }

    /// Earlier versions have computed every hash with libargon2.
    @Test(arguments: [(64, 2, 1), (19_456, 2, 1), (8, 1, 1), (64, 3, 2)])
    func `a hash is the same by whichever library`(memory: Int, passes: Int, lanes: Int) async throws {
        let hasher = try hasher(Argon2id(memoryKiB: memory, iterations: passes, parallelism: lanes))
        let salt: [UInt8] = Array(0..<16)
        var encoded = [CChar](repeating: 0, count: 200)
        let code = argon2id_hash_encoded(
            UInt32(passes), UInt32(memory), UInt32(lanes), "secret", 6, salt, salt.count, 32, &encoded, encoded.count)
        #expect(code == ARGON2_OK.rawValue)
        let stored = PasswordHash(phc: String(decoding: encoded.prefix { $0 != 0 }.map(UInt8.init), as: UTF8.self))
        #expect(try await hasher.verify(Password("secret"), against: stored, for: .service))
        #expect(try await !hasher.verify(Password("Secret"), against: stored, for: .service))
        let made = try await hasher.hash(Password("secret"), for: .service)
        #expect(argon2id_verify(made.phc, "secret", 6) == ARGON2_OK.rawValue)
    }

    @Test func `impossible parameters are refused at the start`() {
        #expect(throws: (any Error).self) {
            try PasswordHasher(parameters: Argon2id(memoryKiB: 1, iterations: 1), concurrency: 1)
        }
    }

    /// A text that Argon2 does not read would be refused at once, and the time of the answer would say that there is no
    /// such user.
    @Test(arguments: [Argon2id(), Argon2id(memoryKiB: 8, iterations: 1), Argon2id(memoryKiB: 64, parallelism: 4)])
    func `a password is hashed with the parameters before it differs from the decoy`(parameters: Argon2id) throws {
        let decoy = try parameters.decoy(.system)
        #expect(argon2id_verify(decoy.phc, "secret", 6) == ARGON2_VERIFY_MISMATCH.rawValue)
        let (memory, passes, lanes) = (parameters.memoryKiB, parameters.iterations, parameters.parallelism)
        #expect(decoy.phc.hasPrefix("$argon2id$v=19$m=\(memory),t=\(passes),p=\(lanes)$"))
        #expect(try parameters.decoy(.system) != decoy)
    }

    @Test func `no password matches a missing hash`() async throws {
        #expect(try await !hasher().verify(Password("no password"), against: nil, for: .service))
    }
}
