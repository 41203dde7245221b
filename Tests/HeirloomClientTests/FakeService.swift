import Foundation
import HeirloomClient
import StrictCoding
import Synchronization

/// A service with one session, as the rotation rule demands it: the parent of an unused successor is accepted again,
/// any other old token ends the session.
final class FakeService: ClientTransport {
    /// What happens to a request, instead of the usual answer.
    enum Fault: Sendable {
        /// The request is not sent.
        case refuseConnection
        /// The request arrives, and its answer is lost.
        case loseAnswer
        /// Neither the request arrives nor an answer.
        case loseRequest
        case answer(ClientAnswer)
    }

    struct State {
        var generation = 0
        /// Whether the service has answered for the newest generation.
        var isEnded = false
        var logins = 0
        var presented: [String] = []
        var requests: [ClientRequest] = []
        var faults: [Fault] = []
        var isBound = true
        var nonce: String?
        var now = 1_800_000_000
        var lifetime = 600
    }

    let state = Mutex(State())

    func with<Result>(_ body: (inout State) -> Result) -> Result { state.withLock { body(&$0) } }

    /// The refresh tokens that were presented, in order.
    var presented: [String] { with { $0.presented } }

    /// The paths of all requests, in order.
    func paths() -> [String] {
        with { state in state.requests.map { String($0.url.dropFirst(FakeService.issuer.count)) } }
    }

    static let issuer = "https://id.example"

    func send(_ request: ClientRequest) async throws -> ClientAnswer {
        let result: Result<ClientAnswer, TransportFailure> = state.withLock { state in
            state.requests.append(request)
            switch state.faults.isEmpty ? nil : state.faults.removeFirst() {
            case .refuseConnection: return .failure(.notSent)
            case .loseRequest: return .failure(.noAnswer)
            case .loseAnswer:
                _ = FakeService.answer(request, &state)
                return .failure(.noAnswer)
            case .answer(let answer): return .success(answer)
            case nil: return .success(FakeService.answer(request, &state))
            }
        }
        return try result.get()
    }

    private static func answer(_ request: ClientRequest, _ state: inout State) -> ClientAnswer {
        let body = request.body.flatMap { try? JSONReader.read($0) }
        switch request.url.dropFirst(issuer.count) {
        case "/health/live": return ClientAnswer(status: 404, headers: [], body: [])
        case "/v1/login":
            if let refusal = refuseProof(request, state) { return refusal }
            state.logins += 1
            state.generation = 0
            state.isEnded = false
            return tokens(state)
        case "/v1/refresh":
            let token = body?["refresh_token"]?.string ?? ""
            if let refusal = refuseProof(request, state) { return refusal }
            state.presented.append(token)
            guard !state.isEnded, token.hasPrefix("hr1_\(state.logins)-"), let number = Int(token.dropFirst(6)) else {
                return problem(401, "session_revoked", "login")
            }
            if number == state.generation {
                state.generation += 1
            } else if number != state.generation - 1 {
                state.isEnded = true
                return problem(401, "reuse_detected", "login")
            }
            return tokens(state)
        case "/v1/logout":
            if body?["refresh_token"]?.string?.hasPrefix("hr1_\(state.logins)-") == true { state.isEnded = true }
            return ClientAnswer(status: 204, headers: [], body: [])
        default:
            let authorization = request.headers.first { $0.name == "Authorization" }?.value ?? ""
            guard authorization.hasSuffix("at-\(state.logins)-\(state.generation)") else {
                return problem(401, "expired_token", "refresh")
            }
            return json("{\"revoked_sessions\":3}")
        }
    }

    /// Checks what the service checks of a proof's time and nonce.
    private static func refuseProof(_ request: ClientRequest, _ state: State) -> ClientAnswer? {
        guard state.isBound, let claims = proofClaims(of: request) else { return nil }
        if let nonce = state.nonce, claims["nonce"]?.string != nonce {
            return problem(400, "use_dpop_nonce", "retry", [HeaderField("DPoP-Nonce", nonce)])
        }
        guard let issuedAt = claims["iat"]?.integer, abs(issuedAt - state.now) <= 60 else {
            return problem(400, "invalid_dpop_proof", "fix", [HeaderField("Date", date(state.now))])
        }
        return nil
    }

    /// The claims of the proof of a request; nil if it has none.
    static func proofClaims(of request: ClientRequest) -> JSON? {
        guard let proof = request.headers.first(where: { $0.name == "DPoP" })?.value else { return nil }
        let parts = proof.split(separator: ".")
        return Base64URL.decode(parts[1].utf8).flatMap { try? JSONReader.read($0) }
    }

    static func date(_ unix: Int) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(secondsFromGMT: 0)
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: TimeInterval(unix)))
    }

    private static func tokens(_ state: State) -> ClientAnswer {
        let name = "\(state.logins)-\(state.generation)"
        return json(
            """
            {"token_type":"\(state.isBound ? "DPoP" : "Bearer")","access_token":"at-\(name)",
             "expires_in":\(state.lifetime),"refresh_token":"hr1_\(name)",
             "refresh_expires_in":1209600,"session_id":"s\(state.logins)","subject":"ada","scope":""}
            """)
    }

    static func json(_ text: String) -> ClientAnswer {
        ClientAnswer(status: 200, headers: [HeaderField("Content-Type", "application/json")], body: Array(text.utf8))
    }

    static func problem(
        _ status: Int, _ code: String, _ action: String, _ headers: [HeaderField] = []
    ) -> ClientAnswer {
        let body = "{\"status\":\(status),\"code\":\"\(code)\",\"action\":\"\(action)\",\"detail\":\"d\"}"
        return ClientAnswer(
            status: status, headers: headers + [HeaderField("Content-Type", "application/problem+json")],
            body: Array(body.utf8))
    }
}
