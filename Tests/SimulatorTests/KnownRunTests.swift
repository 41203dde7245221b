import Simulator
import Testing

/// Runs that failed before a fault was corrected.
struct KnownRunTests {
    @Test func `the feed names a session that was opened in the millisecond of a logout-all`() async throws {
        try await Simulation([.logIn(0, oldPassword: false), .logOutAll(0, byToken: false)]).run()
    }

    @Test func `a password change publishes a session that was opened in the same transaction`() async throws {
        try await Simulation([
            .logIn(0, oldPassword: false), .together([.logIn(1, oldPassword: false), .changePassword(0)]),
        ]).run()
    }

    @Test func `a password change publishes a session that was refreshed in the same transaction`() async throws {
        try await Simulation([
            .logIn(0, oldPassword: false), .logIn(1, oldPassword: false), .jump(milliseconds: 700_000),
            .together([.refresh(1, answer: .arrives), .changePassword(0)]),
        ]).run()
    }

    @Test func `a password change publishes a session whose last access token was issued to a retry`() async throws {
        try await Simulation([
            .logIn(0, oldPassword: false), .logIn(1, oldPassword: false), .refresh(1, answer: .lost),
            .jump(milliseconds: 50_000), .refresh(1, answer: .arrives), .jump(milliseconds: 580_000),
            .changePassword(0),
        ]).run()
    }

    @Test func `a logout-all before a sweep does not concern a login in its millisecond`() async throws {
        try await Simulation([
            .logIn(4, oldPassword: false), .jump(milliseconds: 14_400_000),
            .together([.sweep, .administratorEndsAll(2)]), .sweep, .refresh(4, answer: .arrives),
            .logIn(4, oldPassword: false),
        ]).run()
    }
}
