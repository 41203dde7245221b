import Hummingbird
import SessionEngine
import TokenCore

/// Finds out which session a request acts as.
package struct SessionAuthenticator: Sendable {
    let sessions: SessionService
    let reader: AccessTokenReader
    let gate: BrowserGate

    /// The credential of a request without a body; nil when it has none.
    ///
    /// - Throws: ``AuthenticationFailure``, also for cookies of a forged request.
    func credential(of exchange: Exchange) async throws -> PresentedCredential? {
        try await credentials(of: exchange, body: JSONMembers()).first
    }

    /// The credentials of a request: a refresh token, an access token, both, or else cookies.
    ///
    /// - Throws: ``AuthenticationFailure``, also for cookies of a forged request; `invalid_request`.
    func credentials(of exchange: Exchange, body: JSONMembers) async throws -> [PresentedCredential] {
        let bearer = try exchange.request.bearerToken().map { PresentedCredential.accessToken($0) }
        let client = try body.string("client_id").map { ClientID(requested: $0) }
        let refresh = try body.text("refresh_token").map { PresentedCredential.refreshToken($0, client: client) }
        let tokens = [refresh, bearer].compactMap { $0 }
        return tokens.isEmpty ? try await checkedCookies(of: exchange).map { [.cookies($0)] } ?? [] : tokens
    }

    /// The live session that the request's access token or cookies name.
    ///
    /// - Parameter needsAccess: whether the refresh cookie alone is refused, with the action to refresh.
    /// - Throws: ``AuthenticationFailure``.
    func liveSession(of exchange: Exchange, needsAccess: Bool = false) async throws -> Session {
        switch try await credential(of: exchange) {
        case .accessToken(let token)?: try live(await sessions.status(of: try await session(of: token)))
        case .cookies(let cookies)? where needsAccess: try await accessedSession(of: cookies)
        case .cookies(let cookies)?: try await liveSession(of: cookies)
        case .refreshToken?, nil: throw AuthenticationFailure.missingCredential
        }
    }

    /// The credential in the form that commands take.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func sessionCredential(_ presented: PresentedCredential) async throws -> SessionCredential {
        switch presented {
        case .accessToken(let token): return .session(try await session(of: token))
        case .refreshToken(let text, let client):
            guard let token = sessions.parse(text) else { throw AuthenticationFailure.invalidRefreshToken }
            return .refreshToken(token, client)
        case .cookies(let cookies): return try await sessionCredential(of: cookies)
        }
    }

    /// The session that an authentic credential names, live or not; nil for a credential that is not authentic.
    func session(namedBy presented: PresentedCredential) async throws -> SessionID? {
        switch presented {
        case .accessToken(let token): try await read(token).authentic?.session
        case .refreshToken(let text, _): sessions.parse(text)?.session
        case .cookies(let cookies): try await session(namedBy: cookies)
        }
    }

    func live(_ status: SessionStatus) throws(AuthenticationFailure) -> Session {
        switch status {
        case .live(let session): return session
        case .refused(let refusal, _): throw .refused(refusal)
        }
    }
}

// MARK: - Access tokens

extension SessionAuthenticator {
    func read(_ accessToken: String) async throws -> AccessTokenReading {
        try await reader.read(accessToken, at: sessions.clock())
    }

    /// The claims of a valid access token.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func claims(of accessToken: String) async throws -> AccessTokenClaims {
        switch try await read(accessToken) {
        case .valid(let claims): return claims
        case .expired: throw AuthenticationFailure.expiredAccessToken
        case .invalid: throw AuthenticationFailure.invalidAccessToken
        }
    }

    /// The session of a valid access token, live or not.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func session(of accessToken: String) async throws -> SessionID {
        guard let id = try await claims(of: accessToken).session else { throw AuthenticationFailure.noSession }
        return id
    }

    /// Who acts with a valid access token.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func holder(of claims: AccessTokenClaims) async throws -> TokenHolder {
        let session = if let id = claims.session { try await sessions.session(id) } else { nil as Session? }
        return try await holder(of: claims, session: session).get()
    }

    /// The same, when the session was looked up already.
    ///
    /// - Parameter session: the session that the token names; nil when there is none.
    func holder(
        of claims: AccessTokenClaims, session: Session?
    ) async throws -> Result<TokenHolder, AuthenticationFailure> {
        guard claims.session == nil else {
            return Result { () throws(AuthenticationFailure) in .session(try live(sessions.status(of: session))) }
        }
        // A client that was registered later under the same name is another client.
        guard let client = try await sessions.client(claims.client), client.createdAt.seconds <= claims.issuedAt
        else { return .failure(.clientRemoved) }
        return .success(.client(client))
    }
}
