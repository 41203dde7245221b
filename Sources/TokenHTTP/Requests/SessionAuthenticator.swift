import HTTPTypes
import Hummingbird
import TokenCore
import TokenVerifier

/// Finds out which session a request acts as.
struct SessionAuthenticator: Sendable {
    let sessions: SessionService
    let reader: AccessTokenReader
    let gate: BrowserGate

    /// What a request brought.
    enum PresentedCredential: Sendable {
        case accessToken(String)
        case refreshToken(String, client: ClientID?)
        case cookies(BrowserCookies)
    }

    /// The one credential of a request; nil when it brought none.
    ///
    /// - Throws: `invalid_request` for two at once (RFC 6750 §2); `csrf_failed`.
    func presented(in exchange: Exchange, body: JSONMembers? = nil) async throws -> PresentedCredential? {
        let bearer = try exchange.request.bearerToken()
        let refresh = try body?.string("refresh_token")
        switch (bearer, refresh) {
        case (nil, nil): return try await cookies(checkedIn: exchange).map { .cookies($0) }
        case (let bearer?, nil): return .accessToken(bearer)
        case (nil, let refresh?):
            return .refreshToken(refresh, client: try body?.string("client_id").map { ClientID($0) })
        case (.some, .some):
            throw Problem(.invalidRequest, "Send an access token or a refresh token, not both.")
        }
    }

    /// The live session that the request's access token belongs to, as the store has it now.
    func liveSession(of exchange: Exchange) async throws -> Session {
        switch try await presented(in: exchange) {
        case .accessToken(let token)?: return try granted(await sessions.look(up: try await sessionID(of: token)))
        case .cookies(let cookies)?: return try await liveSession(of: cookies)
        case .refreshToken?, nil: throw Problem.missingCredential
        }
    }

    func granted(_ authorization: SessionStatus) throws -> Session {
        switch authorization {
        case .granted(let session): return session
        case .refused(let refusal, _): throw Problem(refusal)
        }
    }

    /// The session that an access token names.
    func sessionID(of accessToken: String, evenExpired: Bool = false) async throws -> SessionID {
        guard let id = try await grant(of: accessToken, evenExpired: evenExpired).session else {
            throw Problem(.invalidToken, "This access token is a client's own; it belongs to no session.")
        }
        return id
    }

    /// Whom an access token stands for now.
    ///
    /// - Throws: the ``Problem`` that tells why nobody: it is false, has run out, or its session or client is gone.
    func bearer(of grant: AccessTokenClaims) async throws -> TokenHolder {
        guard let session = grant.session else { return try await bearer(of: grant, session: nil) }
        return try await bearer(of: grant, session: try await sessions.store.session(session))
    }

    /// The same, when the session that the token names was looked up already.
    func bearer(of grant: AccessTokenClaims, session: Session?) async throws -> TokenHolder {
        guard grant.session != nil else {
            // A client of this name that was registered later is another one.
            guard let client = try await sessions.client(grant.client), client.createdAt.seconds <= grant.issuedAt
            else { throw Problem(.sessionRevoked, "The client was removed.") }
            return .client(client)
        }
        switch sessions.judge(session) {
        case .granted(let session): return .session(session)
        case .refused(let refusal, _): throw Problem(refusal)
        }
    }

    /// What an access token says, if it is one of this service's.
    func grant(of accessToken: String, evenExpired: Bool = false) async throws -> AccessTokenClaims {
        do {
            return try await reader.read(accessToken, at: sessions.clock(), evenExpired: evenExpired)
        } catch TokenRefusal.expired {
            throw Problem(.expiredToken, "The access token has expired. Refresh it.")
        } catch is TokenRefusal {
            throw Problem(.invalidToken, "The access token is not valid.")
        }
    }

    /// What a command is told of the caller.
    func credential(_ presented: PresentedCredential) async throws -> SessionCredential {
        switch presented {
        case .accessToken(let token): return .session(try await sessionID(of: token))
        case .refreshToken(let text, let client):
            guard let token = sessions.parse(text) else {
                throw Problem(.invalidToken, "The refresh token is not one of this service's.")
            }
            return .refreshToken(token, client)
        case .cookies(let cookies): return try await credential(of: cookies)
        }
    }
}
