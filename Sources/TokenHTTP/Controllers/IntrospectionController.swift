import Hummingbird
import StrictCoding
import TokenCore

/// `POST /oauth/introspect` (RFC 7662): what a token is worth now, for confidential clients. Any of them may ask about an
/// access token; about a refresh token only the client that holds it.
struct IntrospectionController: Sendable {
    let sessions: SessionService
    let credentials: SessionAuthenticator
    let clients: ClientAuthentication
    let issuer: String
    let audience: [String]

    func introspect(_ exchange: Exchange) async throws -> Response {
        let form = try await exchange.form()
        let proof = try clients.proof(of: exchange, form: form)
        let subject = try await asked(form["token"] ?? "")
        // One look-up for both: who asks, and what about.
        let (session, registered) = try await sessions.look(up: subject.session, askedBy: proof.client)
        let client = try await clients.check(proof, of: registered, exchange)
        guard client.isConfidential else { throw Problem.invalidClient }
        _ = try form.required("token")
        switch subject {
        case .refreshToken(let token): return refreshToken(token, session, of: client)
        case .accessToken(let grant): return try await accessToken(grant, session)
        case .nothing: return .inactive
        }
    }

    /// What the text says it is, if it is authentic.
    private enum Asked {
        case refreshToken(RefreshToken)
        case accessToken(AccessTokenClaims)
        case nothing

        var session: SessionID? {
            switch self {
            case .refreshToken(let token): token.session
            case .accessToken(let grant): grant.session
            case .nothing: nil
            }
        }
    }

    private func asked(_ text: String) async throws -> Asked {
        if text.hasPrefix(RefreshToken.prefix) { return sessions.parse(text).map { .refreshToken($0) } ?? .nothing }
        do { return .accessToken(try await credentials.grant(of: text)) } catch is Problem { return .nothing }
    }

    private func accessToken(_ grant: AccessTokenClaims, _ session: Session?) async throws -> Response {
        let bearer: TokenHolder
        do { bearer = try await credentials.bearer(of: grant, session: session) } catch let problem as Problem
            where problem.code != .unavailable
        {
            return .inactive
        }
        return .json { json in
            json.member("active", true)
            json.member("token_type", "Bearer")
            json.member("iss", issuer)
            json.member("sub", bearer.subject.value)
            json.member("aud", audience)
            json.member("client_id", grant.client.value)
            if !grant.scope.isEmpty { json.member("scope", grant.scope.description) }
            json.member("iat", grant.issuedAt)
            json.member("exp", grant.expiresAt)
            json.member("jti", grant.id)
            if case .session(let session) = bearer { json.authentication(session.record) }
        }
    }

    /// Judged as a refresh would be, but a question never rotates a token nor ends a session.
    private func refreshToken(_ token: RefreshToken, _ session: Session?, of client: ClientRecord) -> Response {
        guard let session else { return .inactive }
        let verdict = sessions.rules.rotation.judge(
            token, from: client.id, isAuthenticated: true, session: session,
            nonce: RotationNonce(Entropy { 0 }.bytes()), now: sessions.clock())
        if case .refused = verdict { return .inactive }
        let expiry = session.expiry(idleLifetimeSeconds: sessions.policy.idleLifetimeSeconds)
        return .json { json in
            json.member("active", true)
            json.member("iss", issuer)
            json.member("sub", session.subject.id.value)
            json.member("client_id", client.id.value)
            if !session.record.scope.isEmpty { json.member("scope", session.record.scope.description) }
            json.member("iat", session.token.rotatedAt.seconds)
            json.member("exp", expiry.seconds)
            json.authentication(session.record)
        }
    }
}

extension Response {
    /// RFC 7662 §2.2: nothing more is said of a token that is not active.
    fileprivate static var inactive: Response { .json { $0.member("active", false) } }
}

extension JSONWriter {
    /// The session, and how and when its subject was authenticated.
    fileprivate mutating func authentication(_ session: SessionRecord) {
        member("sid", session.id.description)
        member("auth_time", session.authenticatedAt.seconds)
        member("amr", session.authenticationMethods)
    }
}
