import Accounts
import SessionEngine
import Testing
import TokenCore
import TokenTesting

/// Password changes by the owner and by an administrator.
struct PasswordChangeTests {
    struct Unexpected: Error {}

    let service = TestService(store: MemoryStore())
    let home = ClientAddress("192.0.2.1")
    let accounts: AccountService

    init() throws {
        accounts = AccountService(
            sessions: service.sessions, directory: UserDirectory(store: service.store, lane: service.lane),
            lane: service.lane,
            hasher: try PasswordHasher(parameters: Argon2id(memoryKiB: 8, iterations: 1), concurrency: 2),
            policy: PasswordPolicy(),
            throttle: LoginThrottle(LocalAttempts(LoginLimits(perAccount: 3, perAddress: 0, windowSeconds: 90))),
            entropy: service.entropy)
    }

    private func login(_ password: String) async throws -> (session: Session, token: RefreshToken)? {
        let outcome = try await accounts.login(
            username: "ada", password: Password(password), client: .web, scope: .none, device: Device(), from: home)
        if case .opened(let session, let token, _) = outcome { return (session, token) }
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
        case .noPassword: "no password"
        }
    }

    @Test func `a change by the owner ends the other sessions`() async throws {
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
        // The session was looked up before the password changed.
        #expect(try await change(mine.session, from: "correct horse", to: "another horse") == "wrong password")
        #expect(try await change(other.session, from: "correct horse", to: "another horse") == "revoked")
    }

    /// Otherwise a stolen session could be used to guess the password.
    @Test func `guesses of the current password are throttled`() async throws {
        _ = try await accounts.create(username: "ada", password: Password("correct horse"))
        let mine = try #require(await login("correct horse"))
        for _ in 0..<3 {
            #expect(try await change(mine.session, from: "guess", to: "battery staple") == "wrong password")
        }
        #expect(try await change(mine.session, from: "correct horse", to: "battery staple") == "throttled")
        let events = try await service.store.events(EventQuery(subject: mine.session.subject.id), limit: 9)
        #expect(events.filter { $0.kind == .passwordChangeFailed && $0.session == mine.session.id }.count == 3)
        #expect(events.first?.address == home.text)
        service.clock.advance(seconds: 30)
        #expect(try await change(mine.session, from: "correct horse", to: "battery staple") == "changed")
    }

    @Test func `a change by an administrator ends every session`() async throws {
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

    @Test func `a name is taken in every case and composition`() async throws {
        _ = try await accounts.create(username: "Ren\u{E9}", password: Password("correct horse"))
        for name in ["ren\u{E9}", "RENE\u{301}", "rene\u{301}"] {
            guard case .nameTaken = try await accounts.create(username: name, password: Password("correct horse"))
            else { throw Unexpected() }
        }
        guard case .invalidName = try await accounts.create(username: " ", password: Password("correct horse")) else {
            throw Unexpected()
        }
    }

    @Test func `a failure of the store uses up no attempt`() async throws {
        _ = try await accounts.create(username: "ada", password: Password("correct horse"))
        service.lane.close()
        for _ in 0..<10 { await #expect(throws: Unavailable.self) { try await login("correct horse") } }
    }
}
