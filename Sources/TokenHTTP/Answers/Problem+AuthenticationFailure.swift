import HTTPTypes
import TokenCore
import TokenVerifier

extension Problem {
    /// The answer to each authentication failure.
    init(_ failure: AuthenticationFailure) {
        switch failure {
        case .missingCredential:
            self.init(.invalidToken, "Send an access token: Authorization: Bearer …", challenge: .token)
        case .repeatedAuthorization:
            self.init(.invalidRequest, "The Authorization header appears more than once.")
        case .repeatedCookie(let name):
            self.init(.invalidRequest, "The cookie \(name) appears more than once.")
        case .malformedCookie(let name):
            self.init(.invalidRequest, "The cookie \(name) holds a character that no token has.")
        case .differentSessions:
            self.init(.invalidRequest, "The access token and the refresh token belong to different sessions.")

        case .invalidAccessToken(let scheme):
            self.init(.invalidToken, "The access token is not valid.", challenge: scheme.challenge)
        case .expiredAccessToken(let scheme):
            self.init(
                .expiredToken, "The access token has expired. Refresh it.", action: .refresh,
                challenge: scheme.challenge)
        case .boundTokenAsBearer:
            self.init(
                .invalidToken, "The access token is bound to a key. Send it with a proof: Authorization: DPoP …",
                action: .fix, challenge: .dpop(error: "invalid_token"))
        case .proof(let refusal, let endpoint): self.init(refusal, at: endpoint)
        case .nonceNeeded(let nonce, let endpoint):
            self.init(
                .useDPoPNonce, "Send the request again with a proof that has the nonce of the header DPoP-Nonce.",
                at: endpoint)
            headers[.dpopNonce] = nonce
        case .noSession:
            self.init(.invalidToken, "This access token is a client's own and belongs to no session.")
        case .invalidRefreshToken:
            self.init(.invalidToken, "The refresh token is not valid.")
        case .missingRefreshCookie:
            self.init(.invalidToken, "The request has no valid refresh cookie.")
        case .clientRemoved:
            self.init(.sessionRevoked, "The client was removed.")
        case .refused(let refusal):
            self.init(refusal)

        case .otherOrigin:
            self.init(.csrfFailed, "A request with a session cookie must come from a page of this service's origin.")
        case .invalidCSRFToken:
            self.init(
                .csrfFailed, "X-CSRF-Token is missing or is not this session's. GET /v1/session returns the token.")

        case .unauthenticatedClient:
            self.init(
                .invalidCredentials, "A confidential client must authenticate with its secret or with its key.",
                action: .fix, challenge: .basic)
        case .missingClient:
            self.init(
                .invalidCredentials,
                "client_id is missing: name a public client in client_id, or authenticate a confidential one.",
                action: .fix, challenge: .basic)
        case .notPermitted(let permission):
            self.init(.insufficientScope, "This client does not have the permission \"\(permission.rawValue)\".")
        case .refusedAssertion(let refusal):
            self.init(
                .invalidCredentials, "The client_assertion is not accepted: \(refusal.sentence).", action: .fix,
                challenge: .basic)
        case .unknownAssertionType:
            self.init(.invalidRequest, "client_assertion_type is not \(AssertionGate.type).")
        case .twoClients:
            self.init(.invalidRequest, "client_id names another client than the Authorization header.")
        case .twoClientCredentials:
            self.init(.invalidRequest, "The client authenticates in more than one way.")

        case .missingAdminToken:
            self.init(.invalidToken, "Send the admin token: Authorization: Bearer …", challenge: .adminToken)
        case .invalidAdminToken:
            self.init(.invalidToken, "This is not the admin token.", action: .fix, challenge: .invalidAdminToken)
        }
    }

    private init(_ refusal: Refusal) {
        switch refusal {
        case .unknown, .otherClient: self.init(.invalidToken, "The token belongs to no session of this client.")
        case .proof(let fault): self.init(ProofRefusal(fault), at: .tokens)
        case .unbound:
            self.init(.invalidToken, "The client takes only sessions that are bound to a key. Log in again.")
        case .revoked: self.init(.sessionRevoked, "The session was ended. Log in again.")
        case .expired: self.init(.expiredToken, "The session has expired. Log in again.")
        case .reuse:
            self.init(
                .reuseDetected,
                "This refresh token was used before. It may have been stolen, so the session was ended. Log in again.")
        case .rollback:
            self.init(.sessionRevoked, "The refresh token does not match the server's records. Log in again.")
        }
    }

    private init(_ refusal: ProofRefusal, at endpoint: ProofEndpoint) {
        self.init(
            .invalidDPoPProof, refusal.sentence, action: refusal == .replayed ? .retry : .fix, at: endpoint)
    }

    /// An error about a proof: 400 in an answer about tokens (RFC 9449 §5), 401 for a resource (§7.1).
    private init(_ code: Code, _ detail: String, action: Action? = nil, at endpoint: ProofEndpoint) {
        switch endpoint {
        case .tokens: self.init(code, detail, action: action)
        case .resources:
            self.init(
                code, detail, action: action, status: .unauthorized, challenge: .dpop(error: code.rawValue))
        }
    }
}

extension AccessCredential.Scheme {
    /// For a token that is not valid.
    fileprivate var challenge: Problem.Challenge {
        switch self {
        case .bearer: .invalidToken
        case .dpop: .dpop(error: "invalid_token")
        }
    }
}
