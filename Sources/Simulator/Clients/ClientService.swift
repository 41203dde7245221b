import HeirloomClient
import SessionEngine
import StrictCoding
import TokenCore
import TokenTesting
import TokenVerifier

/// A process of the service as a client sees it: it does what the HTTP layer does with requests and outcomes.
struct ClientService: Sendable {
    static let issuer = "https://id.example"

    let store: CrashingStore
    let service: SessionService
    private let lane: CommitLane
    private let entropy: Entropy
    private let gate = ProofGate()

    init(store: CrashingStore, clock: TestClock, entropy: Entropy) {
        self.store = store
        self.entropy = entropy
        let rules = SessionRules(
            rotation: RotationRule(
                policy: RotationPolicy(), keys: RefreshTokenKeys(MasterKeyRing(current: .simulated(0)))),
            accessTokenLifetimeSeconds: World.accessTokenLifetimeSeconds)
        lane = CommitLane(store: store, rules: rules, clock: clock.clock, stallLimit: .seconds(600))
        service = SessionService(
            store: store, lane: lane, rules: rules, clock: clock.clock, entropy: entropy, holdBack: .zero)
    }

    /// Returns the answer to a request; nil if the process has crashed.
    func answer(_ request: ClientRequest, from subject: SubjectID, at now: Timestamp) async
        -> ClientAnswer?
    {
        do {
            return try await serve(request, from: subject, at: now)
        } catch {
            return store.crashed == nil ? problem(503, "unavailable", "retry", at: now) : nil
        }
    }

    /// Ends all sessions of a subject.
    func endSessions(of subject: SubjectID) async throws {
        _ = try await lane.submit(EndAllSessions(by: .administrator(of: subject)))
    }

    private func serve(
        _ request: ClientRequest, from subject: SubjectID, at now: Timestamp
    ) async throws -> ClientAnswer {
        let body = request.body.flatMap { try? JSONReader.read($0) }
        let path = String(request.url.dropFirst(ClientService.issuer.count))
        guard path != "/health/live" else { return ClientAnswer(status: 200, headers: [], body: []) }
        let text = body?["refresh_token"]?.string ?? ""
        switch path {
        case "/v1/login":
            let binding: OpenSession.Binding
            switch proof(of: request, path, at: now) {
            case .given(let proof): binding = .proven(proof)
            case .faulty: return problem(400, "invalid_dpop_proof", "fix", at: now)
            default: binding = .none
            }
            let outcome = try await service.open(
                subject, evidence: .vouched(by: nil), client: .web, scope: .none, device: Device(),
                authenticationMethods: ["pwd"], binding: binding)
            guard case .opened(let session, let token, _) = outcome else {
                return problem(400, "invalid_dpop_proof", "retry", at: now)
            }
            return tokens(token, session)
        case "/v1/refresh":
            guard let token = service.parse(text) else {
                return problem(401, "invalid_token", "login", at: now)
            }
            let outcome = try await service.refresh(
                token, client: .web, proof: proof(of: request, path, at: now), address: nil)
            return switch outcome {
            case .successor(let successor, let session, _): tokens(successor, session)
            case .refused(let refusal): refused(refusal, at: now)
            }
        default:
            if let token = service.parse(text) {
                _ = try await service.end(token.session, by: .tokenHolder, reason: .logout)
            }
            return ClientAnswer(status: 204, headers: [], body: [])
        }
    }

    private func proof(of request: ClientRequest, _ path: String, at now: Timestamp) -> PresentedProof {
        let fields = request.headers.filter { $0.name == "DPoP" }.map(\.value)
        guard !fields.isEmpty else { return .absent }
        guard let uri = ProofURI(base: ClientService.issuer, path: path),
            let proof = try? gate.verify(
                fields, for: ProofRequest(method: request.method, uri: uri), at: now.seconds)
        else { return .faulty(.wrong) }
        return .given(
            KeyProof(
                key: proof.key,
                use: .proof(
                    of: proof.key, named: proof.id, refusedFrom: proof.refusedFrom,
                    forgottenAfter: AcceptedProof.skew)))
    }

    private func refused(_ refusal: Refusal, at now: Timestamp) -> ClientAnswer {
        switch refusal {
        case .proof(.replayed): problem(400, "invalid_dpop_proof", "retry", at: now)
        case .proof, .unbound: problem(400, "invalid_dpop_proof", "fix", at: now)
        case .unknown, .otherClient: problem(401, "invalid_token", "login", at: now)
        case .revoked, .rollback: problem(401, "session_revoked", "login", at: now)
        case .expired: problem(401, "expired_token", "login", at: now)
        case .reuse: problem(401, "reuse_detected", "login", at: now)
        }
    }

    /// The access token is of no use but to be another one each time.
    private func tokens(_ token: RefreshToken, _ session: Session) -> ClientAnswer {
        let access = "at" + Base64URL.encode((entropy.bytes() as RandomBytes<16>).bytes)
        let body = JSONWriter.object { json in
            json.member("token_type", session.record.keyThumbprint == nil ? "Bearer" : "DPoP")
            json.member("access_token", access)
            json.member("expires_in", World.accessTokenLifetimeSeconds)
            json.member("refresh_token", token.plaintext)
            json.member("session_id", session.id.description)
            json.member("subject", session.record.subject.value)
            json.member("scope", "")
        }
        return ClientAnswer(
            status: 200, headers: [HeaderField("Content-Type", "application/json")], body: body)
    }

    private func problem(_ status: Int, _ code: String, _ action: String, at now: Timestamp)
        -> ClientAnswer
    {
        let body = JSONWriter.object { json in
            json.member("status", status)
            json.member("code", code)
            json.member("action", action)
        }
        let headers = [
            HeaderField("Content-Type", "application/problem+json"), HeaderField("Date", now.httpDate),
            HeaderField("Retry-After", "1"),
        ]
        return ClientAnswer(status: status, headers: headers, body: body)
    }
}

extension Timestamp {
    /// The date as HTTP writes it (RFC 9110 §5.6.7); the day of the week is always the same.
    fileprivate var httpDate: String {
        let months = [
            "Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec",
        ]
        let text = Array(description.utf8)
        func part(_ range: Range<Int>) -> String { String(decoding: text[range], as: UTF8.self) }
        let month = months[(Int(part(5..<7)) ?? 1) - 1]
        return "Mon, \(part(8..<10)) \(month) \(part(0..<4)) \(part(11..<19)) GMT"
    }
}
