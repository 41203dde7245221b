import Federation
import Foundation
import SessionEngine
import Synchronization
import Testing
import TokenCore
import TokenTesting
import TokenVerifier

/// One response that arrives more than once, and providers that fail.
struct DeliveryTests {
    let federation = TestFederation()

    @Test func `64 parallel deliveries of one response open one session`() async throws {
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit))
        let sessions = try await withThrowingTaskGroup(of: SessionID?.self) { tasks in
            for _ in 0..<64 {
                tasks.addTask {
                    guard case .signedIn(let session, _, _, _) = try await federation.finish(visit) else { return nil }
                    return session.id
                }
            }
            return try await tasks.reduce(into: [SessionID?]()) { $0.append($1) }
        }
        #expect(sessions.count == 64 && Set(sessions).count == 1 && sessions[0] != nil)
        #expect(try await federation.sessionCount() == 1)
        #expect(federation.upstream.endpoints.count { $0 == .token } == 1)
    }

    @Test func `a later delivery has the same outcome for a minute`() async throws {
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit))
        guard case .signedIn(let first, let token, _, _) = try await federation.finish(visit),
            case .signedIn(let second, let again, _, _) = try await federation.finish(visit)
        else {
            Issue.record("nobody was signed in")
            return
        }
        #expect(first.id == second.id && token.plaintext == again.plaintext)
        // The browser has the cookies already, and may have refreshed them.
        guard case .alreadySignedIn("/notes") = try await federation.finish(visit, session: first) else {
            Issue.record("the browser got cookies again")
            return
        }
        federation.advance(.seconds(60))
        #expect(try await federation.refusal(visit) == .attemptUsed)
        guard case .alreadySignedIn("/notes") = try await federation.finish(visit, session: first) else {
            Issue.record("the browser was refused")
            return
        }
        #expect(try await federation.sessionCount() == 1)
    }

    @Test func `a later delivery opens nothing after a logout`() async throws {
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit))
        guard case .signedIn(let session, _, _, _) = try await federation.finish(visit) else {
            Issue.record("nobody was signed in")
            return
        }
        _ = try await federation.core.sessions.end(session.id, by: .tokenHolder, reason: .logout)
        #expect(try await federation.refusal(visit) == .attemptUsed)
        #expect(try await federation.sessionCount() == 0)
    }

    @Test func `a refusal is kept too, so that a code is sent once`() async throws {
        let visit = try await federation.begin()
        federation.upstream.on(.token, status: 400, "{}")
        #expect(try await federation.refusal(visit) == .tokenRequestRefused)
        #expect(try await federation.refusal(visit) == .tokenRequestRefused)
        #expect(federation.upstream.endpoints.count { $0 == .token } == 1)
    }

    @Test func `another node finishes what one began, and the session is opened once`() async throws {
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit))
        let other = federation.node()
        guard case .signedIn(let session, _, _, _) = try await other.finish(visit) else {
            Issue.record("nobody was signed in")
            return
        }
        #expect(try await federation.refusal(visit) == .attemptUsed)
        // As a provider refuses a code that was used.
        federation.upstream.on(.token, status: 400, "{}")
        let third = federation.node()
        guard case .alreadySignedIn("/notes") = try await third.finish(visit, session: session) else {
            Issue.record("the browser was refused")
            return
        }
        #expect(try await federation.sessionCount() == 1)
    }

    @Test func `a browser without its cookie is refused, unless it is signed in`() async throws {
        let visit = try await federation.begin()
        let (session, _) = try await federation.signIn()
        let bare = TestFederation.Visit(cookies: [:], parameters: visit.parameters)
        #expect(try await federation.refusal(bare) == .attemptMissing)
        guard case .alreadySignedIn(nil) = try await federation.finish(bare, session: session) else {
            Issue.record("the browser was refused")
            return
        }
        #expect(try await federation.sessionCount() == 1)
    }

    @Test func `a run goes on when its caller is gone`() async throws {
        let visit = try await federation.begin()
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        let (entered, enter) = AsyncStream.makeStream(of: Void.self)
        let token = try federation.op.sign(federation.claims(visit))
        federation.upstream.on(.token) { _ in
            enter.finish()
            for await _ in gate {}
            return UpstreamAnswer(
                status: 200, contentType: "application/json",
                body: Array(#"{"access_token":"a","token_type":"Bearer","id_token":"\#(token)"}"#.utf8))
        }
        let caller = Task { try await federation.finish(visit) }
        for await _ in entered {}
        caller.cancel()
        open.finish()
        guard case .signedIn = try await federation.finish(visit) else {
            Issue.record("nobody was signed in")
            return
        }
        #expect(try await federation.sessionCount() == 1)
    }

    @Test func `a new sign-in ends the session that the browser had`() async throws {
        let (old, _) = try await federation.signIn()
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit, sub: "eve"))
        guard case .signedIn(let new, _, _, _) = try await federation.finish(visit, session: old) else {
            Issue.record("nobody was signed in")
            return
        }
        #expect(new.id != old.id)
        guard case .refused = try await federation.core.sessions.status(of: old.id) else {
            Issue.record("the old session lives")
            return
        }
    }

    @Test func `a provider that cannot be reached is asked once more, and a code never`() async throws {
        federation.upstream.on(.metadata) { _ throws(UpstreamFailure) in throw .unreachable }
        await #expect(throws: FederationRefusal.providerUnavailable) { try await federation.begin() }
        #expect(federation.upstream.endpoints == [.metadata, .metadata])
        federation.upstream.on(.metadata, TestProvider.metadata)
        let visit = try await federation.begin()
        federation.upstream.forgetRequests()
        federation.upstream.on(.token) { _ throws(UpstreamFailure) in throw .unreachable }
        #expect(try await federation.refusal(visit) == .providerUnavailable)
        #expect(federation.upstream.endpoints == [.token])
    }

    @Test(arguments: [
        (200, "text/html", TestProvider.metadata, FederationRefusal.metadataWrong),
        (302, "application/json", TestProvider.metadata, .metadataWrong),
        (404, "application/json", TestProvider.metadata, .metadataWrong),
        (200, "application/json", "{}", .metadataWrong), (502, "text/html", "", .providerUnavailable),
    ])
    func `metadata that cannot be used stops a sign-in`(
        status: Int, type: String, body: String, expected: FederationRefusal
    ) async throws {
        federation.upstream.on(.metadata, status: status, type: type, body)
        await #expect(throws: expected) { try await federation.begin() }
    }

    @Test func `metadata outlives an outage`() async throws {
        _ = try await federation.begin()
        federation.upstream.on(.metadata) { _ throws(UpstreamFailure) in throw .timeout }
        federation.advance(.seconds(7200))
        _ = try await federation.begin()
    }

    /// signing-key-rotation, signing-key-rotation-just-before-signing
    @Test func `a key that is new is fetched, once in ten seconds`() async throws {
        _ = try await federation.signIn()
        let visit = try await federation.begin()
        federation.upstream.on(
            .keys, String(decoding: federation.op.jwks(federation.op.jwk(#""kid":"k2""#)), as: UTF8.self))
        try federation.grant(federation.claims(visit), header: #"{"alg":"ES256","kid":"k2"}"#)
        federation.upstream.forgetRequests()
        #expect(try await federation.refusal(visit) == nil)
        #expect(federation.upstream.endpoints == [.token, .keys])
        for seconds in [5, 5] {
            let next = try await federation.begin()
            try federation.grant(federation.claims(next), header: #"{"alg":"ES256","kid":"k3"}"#)
            federation.upstream.forgetRequests()
            #expect(try await federation.refusal(next) == .tokenKeyUnknown)
            #expect(federation.upstream.endpoints == [.token])
            federation.advance(.seconds(seconds))
        }
        let last = try await federation.begin()
        try federation.grant(federation.claims(last), header: #"{"alg":"ES256","kid":"k3"}"#)
        federation.upstream.forgetRequests()
        #expect(try await federation.refusal(last) == .tokenKeyUnknown)
        #expect(federation.upstream.endpoints == [.token, .keys])
    }

    @Test func `keys outlive an outage, and without any the answer is unavailable`() async throws {
        federation.upstream.on(.keys) { _ throws(UpstreamFailure) in throw .timeout }
        let visit = try await federation.begin()
        try federation.grant(federation.claims(visit))
        #expect(try await federation.refusal(visit) == .providerUnavailable)
        federation.upstream.on(.keys, String(decoding: federation.op.jwks(), as: UTF8.self))
        _ = try await federation.signIn()
        federation.upstream.on(.keys) { _ throws(UpstreamFailure) in throw .timeout }
        federation.advance(.seconds(7200))
        _ = try await federation.signIn()
    }

    @Test func `at most eight requests to a provider are under way at once`() async throws {
        let federation = federation
        let (gate, open) = AsyncStream.makeStream(of: Void.self)
        var visits: [TestFederation.Visit] = []
        for _ in 0..<24 { visits.append(try await federation.begin()) }
        let waiting = Mutex(0)
        let (full, isFull) = AsyncStream.makeStream(of: Void.self)
        federation.upstream.on(.token) { _ throws(UpstreamFailure) in
            if waiting.withLock({
                $0 += 1; return $0
            }) == 8 {
                isFull.finish()
            }
            for await _ in gate {}
            throw .timeout
        }
        let outcomes = await withTaskGroup(of: Bool.self) { tasks in
            for visit in visits {
                tasks.addTask { (try? await federation.refusal(visit)) == .providerUnavailable }
            }
            for await _ in full {}
            open.finish()
            return await tasks.reduce(into: [Bool]()) { $0.append($1) }
        }
        #expect(outcomes.count == 24 && outcomes.allSatisfy { $0 })
        #expect(federation.upstream.mostRunning == 8)
        #expect(federation.upstream.endpoints.count { $0 == .token } == 24)
    }
}
