import HTTPTypes
public import Hummingbird
public import TokenVerifier

/// Why a request with a token that is bound to a key is refused, and its answer as RFC 9449 §7.1 defines it. The body
/// of a 401 is a problem document (RFC 9457).
public enum ProofChallenge: HTTPResponseError {
    /// 401: the request has no token, and the API takes bearer tokens and bound ones. The challenge has no error code.
    case missing
    /// 401: the token was refused, or is bound to no key.
    case invalidToken
    /// 401: the token has expired, or its claims have changed since. The code is `expired_token` and the action
    /// `refresh`.
    case expiredToken
    /// 401: the token is bound to a key, but was presented as a bearer token.
    case proofRequired
    /// 401: the proof was refused. The code is `invalid_dpop_proof`; the action is `retry`, with a new proof, for one
    /// that was used before, and else `fix`.
    case invalidProof(ProofRefusal)
    /// 401: the proof must have this nonce. The code is `use_dpop_nonce` and the action `retry`.
    case nonceNeeded(String)
    /// 403: the token lacks at least one of these scopes.
    case insufficientScope([String])

    /// The status of the answer.
    public var status: HTTPResponse.Status { answer.status }

    private var answer: ChallengeAnswer {
        switch self {
        case .missing:
            ChallengeAnswer(
                status: .unauthorized, challenge: "Bearer, DPoP \(ProofChallenge.algorithms)", problem: .missing)
        case .invalidToken: refusal("invalid_token", .invalidToken)
        case .expiredToken: refusal("invalid_token", .expiredToken)
        case .proofRequired: refusal("invalid_token", .proofRequired)
        case .invalidProof(.replayed): refusal("invalid_dpop_proof", .usedProof)
        case .invalidProof: refusal("invalid_dpop_proof", .invalidProof)
        case .nonceNeeded(let nonce): refusal("use_dpop_nonce", .nonceNeeded, [.dpopNonce: nonce])
        case .insufficientScope(let scopes):
            ChallengeAnswer(
                status: .forbidden,
                challenge: "DPoP error=\"insufficient_scope\", scope=\"\(scopes.joined(separator: " "))\", "
                    + ProofChallenge.algorithms)
        }
    }

    private func refusal(
        _ error: String, _ problem: ChallengeAnswer.Problem, _ headers: HTTPFields = [:]
    ) -> ChallengeAnswer {
        ChallengeAnswer(
            status: .unauthorized,
            challenge: "DPoP error=\"\(error)\", error_description=\"\(problem.detail)\", \(ProofChallenge.algorithms)",
            headers: headers, problem: problem)
    }

    /// Makes the answer: the status, `WWW-Authenticate`, `DPoP-Nonce` for ``nonceNeeded(_:)``, and for 401 a body.
    public func response(from request: Request, context: some RequestContext) throws -> Response { answer.response }

    private static let algorithms =
        "algs=\"\(AccessTokenVerifier.proofAlgorithms.joined(separator: " "))\""
}

extension HTTPField.Name {
    // The names are constant and valid.
    static let dpop = HTTPField.Name("DPoP")!
    static let dpopNonce = HTTPField.Name("DPoP-Nonce")!
}
