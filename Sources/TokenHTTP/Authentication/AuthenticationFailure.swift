package import TokenCore
package import TokenVerifier

/// Why a request is not authenticated. `Problem+AuthenticationFailure.swift` has the answer to each case.
package enum AuthenticationFailure: Error, Sendable, Equatable {
    /// The request has no credential.
    case missingCredential
    case repeatedAuthorization
    /// A session cookie appears more than once: another site may have set one of them.
    case repeatedCookie(String)
    /// A session cookie has a character that no token has.
    case malformedCookie(String)
    /// An access token and a refresh token at once that do not belong to one session.
    case differentSessions

    case invalidAccessToken(AccessCredential.Scheme)
    case expiredAccessToken(AccessCredential.Scheme)
    /// An access token that is bound to a key, shown as Bearer (RFC 9449 §7.2).
    case boundTokenAsBearer
    case proof(ProofRefusal, at: ProofEndpoint)
    /// With the nonce that the next proof must have.
    case nonceNeeded(String, at: ProofEndpoint)
    /// A client's own access token where a session's is needed.
    case noSession
    /// Row 1 of the rotation rule.
    case invalidRefreshToken
    case missingRefreshCookie
    /// The client of its own access token was removed.
    case clientRemoved
    /// Rows 2 to 9 of the rotation rule.
    case refused(Refusal)

    /// A page of another origin made the request.
    case otherOrigin
    case invalidCSRFToken

    /// A client must authenticate and did not. Whether its name or its credential is wrong is not disclosed.
    case unauthenticatedClient
    /// The request names no client, and shows no client's credential.
    case missingClient
    /// The client was not given the permission.
    case notPermitted(ClientRecord.Permission)
    case refusedAssertion(AssertionRefusal)
    case unknownAssertionType
    /// Two client names in one request.
    case twoClients
    /// Two client credentials in one request (RFC 6749 §2.3).
    case twoClientCredentials

    case missingAdminToken
    case invalidAdminToken

    /// Whether the request has too many or malformed credentials, so that none was checked.
    var isAmbiguous: Bool {
        switch self {
        case .repeatedAuthorization, .repeatedCookie, .malformedCookie: true
        default: false
        }
    }
}
