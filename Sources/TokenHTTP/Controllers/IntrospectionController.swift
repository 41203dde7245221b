import Hummingbird
import StrictCoding
import TokenCore

/// `POST /oauth/introspect` (RFC 7662): what a token is worth now, for confidential clients. Any of them may ask about an
/// access token; about a refresh token only the client that holds it.
struct IntrospectionController: Sendable {
    let sessions: SessionService
    let credentials: Credentials
    let clients: ClientAuthentication
    let issuer: String
    let audience: [String]

    func introspect(_ exchange: Exchange) async throws -> Response {
        let form = try await exchange.form()
        let client = try await clients.client(of: exchange, form: form)
        guard client.isConfidential else { throw Problem.invalidClient }
        let token = try form.required("token")
        if token.hasPrefix(RefreshToken.prefix) { return try await refreshToken(token, of: client) }
        return try await accessToken(token)
    }

    private func accessToken(_ text: String) async throws -> Response {
        let grant: AccessGrant
        let bearer: Bearer
        do {
            grant = try await credentials.grant(of: text)
            bearer = try await credentials.bearer(of: grant)
        } catch let problem as Problem where problem.code != .unavailable {
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
            if case .session(let family) = bearer { json.authentication(family.session) }
        }
    }

    /// Judged as a refresh would be, but a question never rotates a token nor ends a session.
    private func refreshToken(_ text: String, of client: Client) async throws -> Response {
        guard let token = sessions.parse(text), let family = try await sessions.store.family(token.session) else {
            return .inactive
        }
        let verdict = sessions.rules.rotation.judge(
            token, from: client.id, isAuthenticated: true, family: family,
            nonce: RotationNonce(Entropy { 0 }.bytes()), now: sessions.clock())
        if case .refused = verdict { return .inactive }
        let expiry = family.expiry(idleLifetimeSeconds: sessions.policy.idleLifetimeSeconds)
        return .json { json in
            json.member("active", true)
            json.member("iss", issuer)
            json.member("sub", family.subject.id.value)
            json.member("client_id", client.id.value)
            if !family.session.scope.isEmpty { json.member("scope", family.session.scope.description) }
            json.member("iat", family.token.rotatedAt.seconds)
            json.member("exp", expiry.seconds)
            json.authentication(family.session)
        }
    }
}

extension Response {
    /// RFC 7662 §2.2: nothing more is said of a token that is not active.
    fileprivate static var inactive: Response { .json { $0.member("active", false) } }
}

extension JSONWriter {
    /// The session, and how and when its subject was authenticated.
    fileprivate mutating func authentication(_ session: Session) {
        member("sid", session.id.description)
        member("auth_time", session.authenticatedAt.seconds)
        member("amr", session.authenticationMethods)
    }
}
