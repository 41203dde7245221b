import Testing
import TokenCore
import TokenHTTP

struct ConsoleSessionsTests {
    private let start = Timestamp(seconds: 1_800_000_000)
    private let sessions = ConsoleSessions()

    @Test func aSessionEndsTenMinutesAfterItsLastUse() {
        let session = sessions.open(at: start)
        #expect(sessions.session(session.id, at: start + 599, isUse: true)?.csrf == session.csrf)
        #expect(sessions.session(session.id, at: start + 1198, isUse: true) != nil)
        #expect(sessions.session(session.id, at: start + 1798, isUse: true) == nil)
        #expect(sessions.session(session.id, at: start + 1200, isUse: true) == nil)
    }

    @Test func aPageThatLoadsItselfAgainIsNoUse() {
        let session = sessions.open(at: start)
        for second in stride(from: 0, to: 600, by: 15) {
            #expect(sessions.session(session.id, at: start + second, isUse: false) != nil)
        }
        #expect(sessions.session(session.id, at: start + 600, isUse: false) == nil)
    }

    @Test func aClockThatGoesBackShortensNoSession() {
        let session = sessions.open(at: start)
        #expect(sessions.session(session.id, at: start + -300, isUse: true) != nil)
        #expect(sessions.session(session.id, at: start + 599, isUse: true) != nil)
    }

    @Test func theSessionThatWasNotUsedForTheLongestTimeMakesRoom() {
        let first = sessions.open(at: start)
        let second = sessions.open(at: start + 1)
        #expect(sessions.session(first.id, at: start + 2, isUse: true) != nil)
        for _ in 0..<63 { _ = sessions.open(at: start + 3) }
        #expect(sessions.session(second.id, at: start + 4, isUse: true) == nil)
        #expect(sessions.session(first.id, at: start + 4, isUse: true) != nil)
    }
}
