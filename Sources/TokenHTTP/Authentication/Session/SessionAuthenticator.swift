import SessionEngine
import TokenCore
import TokenVerifier

/// Finds out which session a request acts as.
package struct SessionAuthenticator: Sendable {
    let sessions: SessionService
    let reader: AccessTokenReader
    let gate: BrowserGate
    let proofs: RequestProofs

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
        let access = try exchange.request.accessCredential().map { PresentedCredential.accessToken($0) }
        let client = try body.string("client_id").map { ClientID(requested: $0) }
        let refresh = try body.text("refresh_token").map { PresentedCredential.refreshToken($0, client: client) }
        let tokens = [refresh, access].compactMap { $0 }
        return tokens.isEmpty ? try await checkedCookies(of: exchange).map { [.cookies($0)] } ?? [] : tokens
    }

    /// The live session that the access token or the access cookie of a request names, for a request that only reads.
    /// The refresh cookie alone is refused, with the action to refresh.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func readingSession(of exchange: Exchange) async throws -> Session {
        switch try await credential(of: exchange) {
        case .accessToken(let presented)?:
            let token = try await usable(presented, exchange, for: proofs.target)
            return try live(await sessions.status(of: try session(of: token)))
        case .cookies(let cookies)?: return try await accessedSession(of: cookies)
        case .refreshToken?, nil: throw AuthenticationFailure.missingCredential
        }
    }

    /// The live session that the access token or the cookies of a request name, for a request that changes something.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func actingSession(of exchange: Exchange) async throws -> ActingSession {
        guard let presented = try await credential(of: exchange) else { throw AuthenticationFailure.missingCredential }
        let credential = try await sessionCredential(presented, of: exchange)
        return ActingSession(session: try live(await status(of: credential)), credential: credential)
    }

    /// The credential in the form that commands take, with what its proof uses up.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func sessionCredential(
        _ presented: PresentedCredential, of exchange: Exchange
    ) async throws -> SessionCredential {
        switch presented {
        case .accessToken(let presented):
            let token = try await authenticated(presented, exchange, for: proofs.target)
            return .session(try session(of: token), use: token.proof.map { KeyProof($0).use })
        case .refreshToken(let text, let client):
            guard let token = sessions.parse(text) else { throw AuthenticationFailure.invalidRefreshToken }
            let proof = try proofs.proof(of: exchange, at: sessions.clock())
            return .refreshToken(Presentation(token, by: client, proof: proof.presented))
        case .cookies(let cookies):
            return try await sessionCredential(of: cookies) {
                try proofs.proof(of: exchange, at: sessions.clock()).presented
            }
        }
    }

    /// The session that an authentic credential names, live or not; nil for a credential that is not authentic. No
    /// proof is asked for: this permits no more than to end that session.
    func session(namedBy presented: PresentedCredential) async throws -> SessionID? {
        switch presented {
        case .accessToken(let presented): try await read(presented.token).authentic?.session
        case .refreshToken(let text, _): sessions.parse(text)?.session
        case .cookies(let cookies): try await session(namedBy: cookies)
        }
    }

    /// The current status of a credential. Nothing is used up.
    func status(of credential: SessionCredential) async throws -> SessionStatus {
        switch credential {
        case .session(let id, _): try await sessions.status(of: id)
        case .refreshToken(let presentation): try await sessions.status(of: presentation)
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

    /// An access token that the request may use, with its proof used up in the memory of this process.
    ///
    /// - Parameter target: returns the method and the URI that a proof must be for; nil when they are not known.
    /// - Throws: ``AuthenticationFailure``.
    func usable(
        _ presented: AccessCredential, _ exchange: Exchange, for target: (Exchange) -> ProofTarget?
    ) async throws -> UsableToken {
        let token = try await authenticated(presented, exchange, for: target)
        if let proof = token.proof { try proofs.use(proof, at: sessions.clock()) }
        return token
    }

    /// An access token that the request may use. The caller uses its proof up.
    ///
    /// - Throws: ``AuthenticationFailure``.
    private func authenticated(
        _ presented: AccessCredential, _ exchange: Exchange, for target: (Exchange) -> ProofTarget?
    ) async throws -> UsableToken {
        let (reading, now) = (try await read(presented.token), sessions.clock())
        return try UsableToken(presented, reading) { token throws(AuthenticationFailure) in
            try proofs.check(exchange, for: target(exchange), with: token, at: now)
        }
    }

    /// Checks that an access token beside a refresh token, which is the one that acts, is shown by its own scheme.
    ///
    /// - Throws: ``AuthenticationFailure/boundTokenAsBearer``.
    func requireScheme(of presented: PresentedCredential) async throws {
        guard case .accessToken(let presented) = presented, presented.scheme == .bearer,
            try await read(presented.token).authentic?.key != nil
        else { return }
        throw AuthenticationFailure.boundTokenAsBearer
    }

    /// The session of an access token, live or not.
    ///
    /// - Throws: ``AuthenticationFailure/noSession``.
    private func session(of token: UsableToken) throws(AuthenticationFailure) -> SessionID {
        guard let id = token.claims.session else { throw .noSession }
        return id
    }

    /// Who acts with an access token.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func holder(of token: UsableToken) async throws -> TokenHolder {
        let session = if let id = token.claims.session { try await sessions.session(id) } else { nil as Session? }
        return try await holder(named: token.claims, session: session).get()
    }

    /// The owner of a valid access token, not its presenter.
    ///
    /// - Parameter session: the session that the token names; nil when there is none.
    func holder(
        named claims: AccessTokenClaims, session: Session?
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
