import Accounts
import Testing
import TokenCore
import TokenTesting

struct PasswordPolicyTests {
    let policy = PasswordPolicy(minimumLength: 8)

    @Test(arguments: [
        "correct horse", "xkcd-936", "\u{1F40E}\u{1F50B}\u{1F4CE}\u{1F5C2}\u{1F40E}\u{1F50B}\u{1F4CE}!", "        a",
        String(repeating: "ab", count: 512), "12345679a", "p\u{0}ssw\u{F6}rd",
    ])
    func `any characters will do`(password: String) {
        #expect(policy.objection(to: Password(password), username: "ada") == nil)
    }

    @Test(arguments: [
        "", "1234567", "\u{1F40E}\u{1F40E}", String(repeating: "ab", count: 512) + "c", "Password1", "qwertyuiop",
        "        ", "98765432", "ADA.LOVELACE",
    ])
    func `too short, too long and too common will not`(password: String) {
        #expect(policy.objection(to: Password(password), username: "Ada.Lovelace") != nil)
    }

    @Test func `characters are counted as people count them`() {
        let seven = String(repeating: "e\u{301}", count: 7)
        #expect(policy.objection(to: Password(seven), username: "") != nil)
        #expect(policy.objection(to: Password(seven + "x"), username: "") == nil)
    }

    @Test func `nothing prints a password`() { #expect("\(Password("correct horse"))" == "Password(redacted)") }
}

struct PasswordHasherTests {
    private func hasher(_ parameters: Argon2id = Argon2id(memoryKiB: 8, iterations: 1)) throws -> PasswordHasher {
        try PasswordHasher(parameters: parameters, concurrency: 2)
    }

    /// bcrypt stops at 72 bytes and C strings at a NUL: neither happens here.
    @Test(arguments: [
        ("", "\u{0}"), (String(repeating: "a", count: 72), String(repeating: "a", count: 73)),
        (String(repeating: "a", count: 72) + "b", String(repeating: "a", count: 72) + "c"),
        ("abc\u{0}def", "abc\u{0}deg"), ("abc\u{0}", "abc"), ("\u{0}abc", "\u{0}abd"), ("secret", "Secret"),
        ("secret", "secret "), (String(repeating: "x", count: 1024), String(repeating: "x", count: 1023)),
    ])
    func `every byte counts`(password: String, other: String) async throws {
        let hasher = try hasher()
        let hash = try await hasher.hash(Password(password))
        #expect(try await hasher.verify(Password(password), against: hash))
        #expect(try await !hasher.verify(Password(other), against: hash))
    }

    @Test func `a hash is a salted Argon2id PHC string`() async throws {
        let hasher = try hasher(Argon2id(memoryKiB: 64, iterations: 3, parallelism: 2))
        let one = try await hasher.hash(Password("secret"))
        let other = try await hasher.hash(Password("secret"))
        #expect(one.phc.hasPrefix("$argon2id$v=19$m=64,t=3,p=2$"))
        #expect(one != other && !one.phc.contains("secret"))
    }

    @Test(arguments: [
        "", "$", "secret", "$argon2id$", "$argon2id$v=19$m=8,t=1,p=1$", "$argon2i$v=19$m=8,t=1,p=1$c2FsdHNhbHQ$AAAA",
        "$argon2id$v=19$m=99999999999,t=1,p=1$c2FsdHNhbHQ$AAAA", "$2b$12$abcdefghijklmnopqrstuu",
    ])
    func `what is no hash matches no password`(phc: String) async throws {
        let hasher = try hasher()
        for password in ["", "secret"] {
            #expect(try await !hasher.verify(Password(password), against: PasswordHash(phc: phc)))
        }
    }

    @Test func `impossible parameters are an error at once`() {
        #expect(throws: (any Error).self) {
            try PasswordHasher(parameters: Argon2id(memoryKiB: 1, iterations: 1), concurrency: 1)
        }
    }

    @Test func `nobody's password is right`() async throws {
        #expect(try await !hasher().verify(Password("no password"), against: nil))
    }
}

/// What an owner and an operator do with a password.
struct PasswordChangeTests {
    struct Unexpected: Error {}

    let service = TestService(store: MemoryStore())
    let home = ClientAddress("192.0.2.1")
    let accounts: AccountService

    init() throws {
        accounts = AccountService(
            sessions: service.sessions,
            hasher: try PasswordHasher(parameters: Argon2id(memoryKiB: 8, iterations: 1), concurrency: 2),
            policy: PasswordPolicy(),
            throttle: LoginThrottle(LocalAttempts(LoginLimits(perAccount: 3, perAddress: 0, windowSeconds: 90))),
            entropy: service.entropy)
    }

    private func login(_ password: String) async throws -> (session: Session, token: RefreshToken)? {
        let outcome = try await accounts.login(
            username: "ada", password: Password(password), client: .web, scope: .none, device: Device(), from: home)
        if case .opened(let session, let token) = outcome { return (session, token) }
        return nil
    }

    private func change(_ session: Session, from current: String, to new: String) async throws -> String {
        let outcome = try await accounts.changePassword(
            of: session, from: Password(current), to: Password(new), address: home)
        return switch outcome {
        case .changed: "changed"
        case .wrongPassword: "wrong password"
        case .weakPassword: "weak password"
        case .throttled: "throttled"
        case .refused(let refusal): "\(refusal)"
        case .unknownUser: "unknown user"
        }
    }

    @Test func `the owner writeSet it and the other sessions end`() async throws {
        _ = try await accounts.create(username: "ada", password: Password("correct horse"))
        let mine = try #require(await login("correct horse"))
        let other = try #require(await login("correct horse"))
        #expect(try await change(mine.session, from: "correct horsE", to: "battery staple") == "wrong password")
        #expect(try await change(mine.session, from: "correct horse", to: "short") == "weak password")
        #expect(try await change(mine.session, from: "correct horse", to: "battery staple") == "changed")
        #expect(try await service.refusal(of: other.token) == .revoked)
        #expect(try await service.rotate(mine.token) != nil)
        #expect(try await login("correct horse") == nil)
        #expect(try await login("battery staple") != nil)
        // The session it was looked up with has seen an older password.
        #expect(try await change(mine.session, from: "correct horse", to: "another horse") == "wrong password")
        #expect(try await change(other.session, from: "correct horse", to: "another horse") == "revoked")
    }

    /// A stolen session is no place to guess from.
    @Test func `guessing the current password is slowed down`() async throws {
        _ = try await accounts.create(username: "ada", password: Password("correct horse"))
        let mine = try #require(await login("correct horse"))
        for _ in 0..<3 {
            #expect(try await change(mine.session, from: "guess", to: "battery staple") == "wrong password")
        }
        #expect(try await change(mine.session, from: "correct horse", to: "battery staple") == "throttled")
        service.clock.advance(seconds: 30)
        #expect(try await change(mine.session, from: "correct horse", to: "battery staple") == "changed")
    }

    @Test func `an operator sets it and every session ends`() async throws {
        guard case .created(let user) = try await accounts.create(username: "ada", password: Password("correct horse"))
        else { throw Unexpected() }
        let mine = try #require(await login("correct horse"))
        guard case .weakPassword = try await accounts.setPassword(of: user, to: Password("ada")) else {
            throw Unexpected()
        }
        guard case .changed = try await accounts.setPassword(of: user, to: Password("battery staple")) else {
            throw Unexpected()
        }
        #expect(try await service.refusal(of: mine.token) == .revoked)
        #expect(try await login("correct horse") == nil)
        #expect(try await login("battery staple") != nil)
    }

    @Test func `a name is taken once however it is written`() async throws {
        _ = try await accounts.create(username: "Ren\u{E9}", password: Password("correct horse"))
        for name in ["ren\u{E9}", "RENE\u{301}", "rene\u{301}"] {
            guard case .nameTaken = try await accounts.create(username: name, password: Password("correct horse"))
            else { throw Unexpected() }
        }
        guard case .invalidName = try await accounts.create(username: " ", password: Password("correct horse")) else {
            throw Unexpected()
        }
    }

    @Test func `a store that fails uses up no attempt`() async throws {
        _ = try await accounts.create(username: "ada", password: Password("correct horse"))
        service.sessions.lane.close()
        for _ in 0..<10 { await #expect(throws: Unavailable.self) { try await login("correct horse") } }
    }
}
