import SessionEngine
import StrictCoding
import Testing
import TokenCore

extension StoreConformance {
    static let keyBindingPromises = [
        Promise("keeps the key of a session") { try await $0.keepsTheKeyOfASession() },
        Promise("accepts a proof once, in the transaction of what it is for") { try await $0.acceptsAProofOnce() },
        Promise("makes one generation of parallel presentations with proofs") {
            try await $0.makesOneGenerationOfParallelProofs()
        },
        Promise("changes nothing without the proof of a bound session") {
            try await $0.changesNothingWithoutTheProof()
        },
        Promise("hands out a lost successor after the window") { try await $0.handsOutALostSuccessorLate() },
        Promise("names sessions in the feed that were retried late") { try await $0.namesSessionsRetriedLate() },
    ]

    private func proof(_ id: Int, key byte: UInt8 = 1, _ service: TestService) throws -> KeyProof {
        let key = try #require(KeyThumbprint(bytes: [UInt8](repeating: byte, count: 32)))
        return KeyProof(
            key: key,
            use: .proof(
                of: key, named: "\(id)", refusedFrom: service.clock.now.seconds + 60, forgottenAfter: 120))
    }

    private func open(_ service: TestService, proof: KeyProof) async throws -> (session: Session, token: RefreshToken) {
        let outcome = try await service.sessions.open(
            SubjectID("ada"), evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
            authenticationMethods: ["fed"], binding: .proven(proof))
        guard case .opened(let session, let token, _) = outcome else { throw TestService.Refused() }
        return (session, token)
    }

    private func present(
        _ token: RefreshToken, _ proof: PresentedProof, _ service: TestService
    ) async throws -> Rotate.Outcome {
        try await service.sessions.refresh(token, client: nil, proof: proof, address: nil)
    }

    private func rotate(_ token: RefreshToken, _ proof: KeyProof, _ service: TestService) async throws -> RefreshToken {
        guard case .successor(let successor, _, _) = try await present(token, .given(proof), service) else {
            throw TestService.Refused()
        }
        return successor
    }

    private func refusal(
        of token: RefreshToken, _ proof: PresentedProof, _ service: TestService
    ) async throws -> Refusal? {
        guard case .refused(let refusal) = try await present(token, proof, service) else { return nil }
        return refusal
    }

    private func keepsTheKeyOfASession() async throws {
        let service = TestService(store: try makeStore())
        let login = try proof(0, service)
        let (session, token) = try await open(service, proof: login)
        #expect(session.record.keyThumbprint == login.key && session.boundKey == login.key)
        _ = try await rotate(token, try proof(1, service), service)
        #expect(try await service.store.session(session.id)?.record == session.record)
        #expect(try await service.open().session.record.keyThumbprint == nil)
    }

    private func acceptsAProofOnce() async throws {
        let service = TestService(store: try makeStore())
        let used = try proof(0, service)
        let (session, token) = try await open(service, proof: used)
        await #expect(throws: TestService.Refused.self) { try await open(service, proof: used) }
        #expect(try await service.store.openSessions(of: SubjectID("ada"), limit: 9).map(\.id) == [session.id])
        #expect(try await refusal(of: token, .given(used), service) == .proof(.replayed))
        // Of eight presentations with one proof, one counts.
        let next = try proof(1, service)
        let outcomes = try await withThrowingTaskGroup(of: Refusal?.self) { group in
            for _ in 0..<8 { group.addTask { try await refusal(of: token, .given(next), service) } }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(outcomes.count { $0 == nil } == 1)
        #expect(outcomes.count { $0 == .proof(.replayed) } == 7)
        #expect(try await service.store.session(session.id)?.token.generation == Generation(1))
        // The same id of another key is another proof.
        #expect(try await refusal(of: token, .given(proof(1, key: 2, service)), service) == .proof(.otherKey))
        // A logout everywhere uses the proof of its access token up.
        let holder = SessionCredential.session(session.id, use: used.use)
        #expect(try await service.submit(EndAllSessions(by: .holder(holder))) == .refused(.proof(.replayed)))
        let fresh = SessionCredential.session(session.id, use: try proof(2, service).use)
        #expect(try await service.submit(EndAllSessions(by: .holder(fresh))) == .ended(1))
    }

    private func makesOneGenerationOfParallelProofs() async throws {
        let service = TestService(store: try makeStore(), holdBack: .milliseconds(5))
        let (session, token) = try await open(service, proof: proof(0, service))
        let successors = try await withThrowingTaskGroup(of: String.self) { group in
            for id in 1...64 {
                group.addTask { try await rotate(token, proof(id, service), service).plaintext }
            }
            return try await group.reduce(into: Set<String>()) { $0.insert($1) }
        }
        #expect(successors.count == 1)
        #expect(try await service.store.session(session.id)?.token.generation == Generation(1))
    }

    private func changesNothingWithoutTheProof() async throws {
        let service = TestService(store: try makeStore())
        let (session, first) = try await open(service, proof: proof(0, service))
        let second = try await rotate(first, proof(1, service), service)
        let third = try await rotate(second, proof(2, service), service)
        let stranger = PresentedProof.given(try proof(3, key: 2, service))
        let before = try #require(try await service.store.session(session.id))
        var token = before.token
        token.keyMismatchRecordedAt = service.clock.now
        let expected = before.with(token)
        for token in [first, second, third] {
            #expect(try await refusal(of: token, .absent, service) == .proof(.missing))
            #expect(try await refusal(of: token, stranger, service) == .proof(.otherKey))
            #expect(try await refusal(of: token, .faulty(.wrong), service) == .proof(.wrong))
            let endAll = EndAllSessions(by: .holder(.refreshToken(Presentation(token, proof: stranger))))
            #expect(try await service.submit(endAll) == .refused(.proof(.otherKey)))
        }
        #expect(try await service.store.session(session.id) == expected)
        let events = try await service.store.events(of: SubjectID("ada"), limit: 9).map(\.kind)
        #expect(events == [.keyMismatch, .login])
        // The holder of the key is caught with an old token.
        let reuse = Refusal.reuse(generationsBehind: 2, seconds: 0, byOwnKey: true)
        #expect(try await refusal(of: first, .given(proof(4, service)), service) == reuse)
        let detail = try await service.store.session(session.id)?.record.ending?.detail
        #expect(detail?.contains("with the session's own key") == true)
        // Whether the session lives is not disclosed without the key.
        #expect(try await refusal(of: third, .absent, service) == .proof(.missing))
        #expect(try await refusal(of: third, .given(proof(5, service)), service) == .revoked)
    }

    private func handsOutALostSuccessorLate() async throws {
        let service = TestService(store: try makeStore(), policy: RotationPolicy(maxRetries: 2))
        let (session, first) = try await open(service, proof: proof(0, service))
        let second = try await rotate(first, proof(1, service), service)
        let rotatedAt = service.clock.now
        for id in 2...3 {
            service.clock.advance(seconds: 86_400)
            #expect(try await rotate(first, proof(id, service), service).plaintext == second.plaintext)
        }
        let token = try await service.store.session(session.id)?.token
        #expect(token?.retries == 2 && token?.rotatedAt == rotatedAt && token?.retryRecordedAt == service.clock.now)
        let events = try await service.store.events(of: SubjectID("ada"), limit: 9).map(\.kind)
        #expect(events == [.lateRetry, .lateRetry, .login])
        let refused = try await refusal(of: first, .given(proof(4, service)), service)
        #expect(refused == .reuse(generationsBehind: 1, seconds: 172_800, byOwnKey: true))
    }

    /// A late retry makes an access token long after the rotation.
    private func namesSessionsRetriedLate() async throws {
        let service = TestService(store: try makeStore())
        let (retried, first) = try await open(service, proof: proof(0, service))
        _ = try await rotate(first, proof(1, service), service)
        service.clock.advance(seconds: 86_400)
        _ = try await rotate(first, proof(2, service), service)
        let kept = try await service.open("ada").session.id
        #expect(try await service.submit(EndOtherSessions(than: kept)) == .ended(1))
        let targets = try await service.store.revocations(after: 0, limit: 9).entries.map(\.target)
        #expect(targets == [.session(retried.id)])
    }
}
