import TokenCore

extension Problem {
    /// The answer to each authentication failure.
    init(_ failure: AuthenticationFailure) {
        switch failure {
        case .missingCredential:
            self.init(.invalidToken, "Send an access token: Authorization: Bearer …", challenge: .bearer)
        case .repeatedAuthorization:
            self.init(.invalidRequest, "The Authorization header appears more than once.")
        case .repeatedCookie(let name):
            self.init(.invalidRequest, "The cookie \(name) appears more than once.")
        case .malformedCookie(let name):
            self.init(.invalidRequest, "The cookie \(name) holds a character that no token has.")
        case .differentSessions:
            self.init(.invalidRequest, "The access token and the refresh token belong to different sessions.")

        case .invalidAccessToken:
            self.init(.invalidToken, "The access token is not valid.")
        case .expiredAccessToken:
            self.init(.expiredToken, "The access token has expired. Refresh it.", action: .refresh)
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
            self.init(.invalidToken, "Send the admin token: Authorization: Bearer …", challenge: .bearer)
        case .invalidAdminToken:
            self.init(.invalidToken, "This is not the admin token.", action: .fix)
        }
    }

    private init(_ refusal: Refusal) {
        switch refusal {
        case .unknown, .otherClient: self.init(.invalidToken, "The token belongs to no session of this client.")
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
}
