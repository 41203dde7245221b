import Accounts
import SessionEngine
import Testing
import TokenCore
import TokenTesting

struct AccountServiceTests {
    let service = TestService(store: MemoryStore())
    let home = ClientAddress("192.0.2.1")

    private func accounts(
        perAccount: Int = 0, perAddress: Int = 0, parameters: Argon2id = Argon2id(memoryKiB: 8, iterations: 1)
    ) throws -> AccountService {
        AccountService(
            sessions: service.sessions, directory: UserDirectory(store: service.store, lane: service.lane),
            lane: service.lane,
            hasher: try PasswordHasher(parameters: parameters, concurrency: 2),
            policy: PasswordPolicy(),
            throttle: LoginThrottle(
                LocalAttempts(LoginLimits(perAccount: perAccount, perAddress: perAddress, windowSeconds: 100))),
            entropy: service.entropy)
    }

    private func login(
        _ accounts: AccountService, _ name: String, _ password: String, from address: ClientAddress? = nil
    ) async throws -> String {
        let outcome = try await accounts.login(
            username: name, password: Password(password), client: .web, scope: .none, device: Device(),
            from: address ?? home)
        return switch outcome {
        case .opened: "opened"
        case .refused: "refused"
        case .unknownClient: "unknown client"
        case .refusedProof: "refused proof"
        case .throttled(let seconds): "throttled \(seconds)"
        }
    }

    @Test func `a login for a client that was removed counts no attempt`() async throws {
        let accounts = try accounts(perAccount: 1)
        _ = try await create(accounts, "ada", "correct horse")
        for _ in 0..<3 {
            let outcome = try await accounts.login(
                username: "ada", password: Password("correct horse"), client: ClientID("removed"), scope: .none,
                device: Device(), from: home)
            guard case .unknownClient = outcome else {
                Issue.record("\(outcome)")
                return
            }
        }
        #expect(try await login(accounts, "ada", "correct horse") == "opened")
    }

    private func create(_ accounts: AccountService, _ name: String, _ password: String) async throws -> SubjectRecord? {
        guard case .created(let user) = try await accounts.create(username: name, password: Password(password)) else {
            return nil
        }
        return user
    }

    @Test func `an unknown name, a wrong password and a disabled user have the same answer`() async throws {
        let accounts = try accounts()
        let user = try #require(await create(accounts, "ada", "correct horse"))
        #expect(try await login(accounts, "ada", "correct horse") == "opened")
        #expect(try await login(accounts, "ADA", "correct horse") == "opened")
        #expect(try await login(accounts, "ada", "correct horsE") == "refused")
        #expect(try await login(accounts, "eve", "correct horse") == "refused")
        #expect(try await login(accounts, "", "no password") == "refused")
        _ = try await service.submit(SetUserState(of: user.id, to: .disabled))
        #expect(try await login(accounts, "ada", "correct horse") == "refused")
    }

    @Test func `a user without a password logs in by none and changes none`() async throws {
        let accounts = try accounts(perAccount: 3)
        let account = SubjectRecord.Account(username: "ada", usernameKey: "ada", foldedUsername: "ada", password: nil)
        guard case .created(let user) = try await service.submit(CreateUser(account: account, entropy: service.entropy))
        else { throw PasswordChangeTests.Unexpected() }
        for password in ["", "no password", "correct horse"] {
            #expect(try await login(accounts, "ada", password) == "refused")
        }
        // Its attempts count, as those at any account.
        #expect(try await login(accounts, "ada", "correct horse").hasPrefix("throttled"))
        let session = try await service.open(user.id.value).session
        guard
            case .noPassword = try await accounts.changePassword(
                of: session, from: Password(""), to: Password("correct horse"), address: home)
        else { throw PasswordChangeTests.Unexpected() }
        try await service.submit(RehashPassword(of: user.id, passwordVersion: 0, to: PasswordHash(phc: "$x$")))
        #expect(try await service.store.subject(user.id)?.account?.password == nil)
        guard case .changed = try await accounts.setPassword(of: user, to: Password("correct horse")) else {
            throw PasswordChangeTests.Unexpected()
        }
        #expect(try await login(accounts, "ada", "correct horse") == "opened")
    }

    @Test func `passwords are not truncated`() async throws {
        let accounts = try accounts()
        let long = String(repeating: "a", count: 71) + "bcd"
        _ = try #require(await create(accounts, "ada", long))
        #expect(try await login(accounts, "ada", long) == "opened")
        #expect(try await login(accounts, "ada", String(long.dropLast())) == "refused")
        _ = try #require(await create(accounts, "nul", "12\u{0}45678x"))
        #expect(try await login(accounts, "nul", "12\u{0}45678x") == "opened")
        #expect(try await login(accounts, "nul", "12\u{0}45678y") == "refused")
        #expect(try await login(accounts, "nul", "12") == "refused")
    }

    @Test func `names and passwords are compared in normalized form`() async throws {
        let accounts = try accounts()
        _ = try #require(await create(accounts, "ren\u{E9}", "caf\u{E9} noir"))
        #expect(try await login(accounts, "rene\u{301}", "cafe\u{301} noir") == "opened")
    }

    @Test(arguments: [
        "short", "password", "PASSWORD", "12345678", "aaaaaaaa", "abcdefgh", "zyxwvuts", "longusername", "iloveyou",
    ])
    func `weak passwords are refused`(password: String) async throws {
        let outcome = try await accounts().create(username: "LongUsername", password: Password(password))
        guard case .weakPassword = outcome else {
            Issue.record("accepted")
            return
        }
    }

    @Test func `guesses are throttled, and the throttle releases with time`() async throws {
        let accounts = try accounts(perAccount: 3)
        _ = try #require(await create(accounts, "ada", "correct horse"))
        for _ in 0..<10 { #expect(try await login(accounts, "ada", "correct horse") == "opened") }
        let away = ClientAddress("198.51.100.7")
        for _ in 0..<3 { #expect(try await login(accounts, "ada", "wrong", from: away) == "refused") }
        #expect(try await login(accounts, "ada", "correct horse", from: away) == "throttled 34")
        // Guesses from elsewhere do not throttle an address that the account has logged in from.
        #expect(try await login(accounts, "ada", "correct horse") == "opened")
        service.clock.advance(seconds: 34)
        #expect(try await login(accounts, "ada", "correct horse", from: away) == "opened")
    }

    @Test func `IPv6 addresses of one network share a bucket`() async throws {
        let accounts = try accounts(perAddress: 2)
        #expect(try await login(accounts, "a", "x", from: ClientAddress("2001:db8::1")) == "refused")
        #expect(try await login(accounts, "b", "x", from: ClientAddress("2001:db8:0:0:ffff::2")) == "refused")
        #expect(try await login(accounts, "c", "x", from: ClientAddress("2001:db8::ffff")).hasPrefix("throttled"))
        #expect(try await login(accounts, "c", "x", from: ClientAddress("2001:db8:0:1::1")) == "refused")
    }

    @Test func `a space behind a name does not matter`() async throws {
        let accounts = try accounts()
        _ = try #require(await create(accounts, "νικος ", "correct horse"))
        for name in ["νικος", " νικος", "νικος\u{A0}", "ΝΙΚΟΣ "] {
            #expect(try await login(accounts, name, "correct horse") == "opened")
        }
    }

    @Test func `a password that an administrator sets, and an unlocking, lift the throttle`() async throws {
        let accounts = try accounts(perAccount: 2)
        let user = try #require(await create(accounts, "ada", "correct horse"))
        func exhaust() async throws {
            for _ in 0..<2 { #expect(try await login(accounts, "ada", "wrong") == "refused") }
            #expect(try await login(accounts, "ada", "correct horse").hasPrefix("throttled"))
        }
        try await exhaust()
        #expect(try await accounts.directory.unlock(user.id) == .unlocked)
        #expect(try await login(accounts, "ada", "correct horse") == "opened")
        // The address is familiar now, and has a counter of its own.
        try await exhaust()
        guard case .changed = try await accounts.setPassword(of: user, to: Password("battery staple")) else {
            Issue.record("not set")
            return
        }
        #expect(try await login(accounts, "ada", "battery staple") == "opened")
        #expect(try await accounts.directory.unlock(SubjectID("nobody")) == .notFound)
    }

    @Test func `a login under new parameters hashes the password again`() async throws {
        let user = try #require(await create(try accounts(), "ada", "correct horse"))
        let stronger = try accounts(parameters: Argon2id(memoryKiB: 16, iterations: 2))
        #expect(try await login(stronger, "ada", "correct horse") == "opened")
        let account = try #require(await service.store.subject(user.id)?.account)
        #expect(account.password?.phc.hasPrefix("$argon2id$v=19$m=16,t=2,p=1$") == true)
        #expect(account.passwordVersion == 0)
        #expect(try await login(stronger, "ada", "correct horse") == "opened")
    }

    @Test func `a full queue refuses a hash at once`() async throws {
        let hasher = try PasswordHasher(parameters: Argon2id(memoryKiB: 1024), concurrency: 1, queueLimit: 2)
        let outcomes = await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask { (try? await hasher.verify(Password("x"), against: nil, for: .service)) != nil }
            }
            return await group.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.contains(true) && outcomes.contains(false))
        #expect(try await hasher.verify(Password("no password"), against: nil, for: .service) == false)
    }
}
