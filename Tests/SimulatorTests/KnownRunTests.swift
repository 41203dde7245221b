import Testing
import TokenTesting

@Suite("Runs that once went wrong")
struct KnownRunTests {
    @Test("A logout-all in the millisecond of a login is told to the verifiers")
    func sameMillisecond() async throws {
        try await Simulation([.logIn(0, oldPassword: false), .logOutAll(0, byToken: false)]).run()
    }

    @Test("A change of the password names a session that was opened in the same transaction")
    func loginBesidePasswordChange() async throws {
        try await Simulation([
            .logIn(0, oldPassword: false), .together([.logIn(1, oldPassword: false), .changePassword(0)]),
        ]).run()
    }

    @Test("A change of the password names a session that was refreshed in the same transaction")
    func refreshBesidePasswordChange() async throws {
        try await Simulation([
            .logIn(0, oldPassword: false), .logIn(1, oldPassword: false), .jump(milliseconds: 700_000),
            .together([.refresh(1, answer: .arrives), .changePassword(0)]),
        ]).run()
    }

    @Test("A change of the password names a session whose access token came of a retry")
    func retryBeforePasswordChange() async throws {
        try await Simulation([
            .logIn(0, oldPassword: false), .logIn(1, oldPassword: false), .refresh(1, answer: .lost),
            .jump(milliseconds: 50_000), .refresh(1, answer: .arrives), .jump(milliseconds: 580_000),
            .changePassword(0),
        ]).run()
    }

    @Test("A login in the millisecond of a logout-all that a sweep follows is not taken for older than it")
    func loginAfterForgottenLogoutAll() async throws {
        try await Simulation([
            .logIn(4, oldPassword: false), .jump(milliseconds: 10_800_000),
            .together([.sweep, .administratorEndsAll(2)]), .sweep, .refresh(4, answer: .arrives),
            .logIn(4, oldPassword: false),
        ]).run()
    }
}
