import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore

/// `POST /oauth/introspect` (RFC 7662): whether a token is active, for confidential clients with the permission
/// `introspect`. Any of them may ask about an access token. Only the client of a refresh token may ask about it.
struct IntrospectionController: Controller {
    let sessions: SessionService
    let authenticator: SessionAuthenticator
    let clients: ClientAuthenticator
    let issuer: Issuer
    let audience: [String]

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/oauth/introspect", introspect) }

    private func introspect(_ exchange: Exchange) async throws -> Response {
        let form = try await exchange.form()
        let credential = try clients.credential(of: exchange, form: form)
        let token = try await read(form["token"] ?? "")
        // One call for the caller and for the session: a store may combine the two look-ups.
        let (session, registered) = try await sessions.session(token.session, askedBy: credential.client)
        let client = try await clients.check(credential, of: registered, exchange)
        guard client.isConfidential else { throw AuthenticationFailure.unauthenticatedClient }
        guard client.may(.introspect) else { throw OAuthError(notPermitted: .introspect) }
        _ = try form.required("token")
        switch token {
        case .refreshToken(let token): return answer(to: token, session, by: client)
        case .accessToken(let claims): return try await answer(to: claims, session)
        case .unknown: return .inactive
        }
    }

    /// A token, judged without its session.
    private enum Token {
        case refreshToken(RefreshToken)
        case accessToken(AccessTokenClaims)
        /// Not valid, or not of this service.
        case unknown

        var session: SessionID? {
            switch self {
            case .refreshToken(let token): token.session
            case .accessToken(let claims): claims.session
            case .unknown: nil
            }
        }
    }

    private func read(_ text: String) async throws -> Token {
        guard text.isVisibleASCII else { return .unknown }
        if text.hasPrefix(RefreshToken.prefix) { return sessions.parse(text).map { .refreshToken($0) } ?? .unknown }
        return try await authenticator.read(text).valid.map { .accessToken($0) } ?? .unknown
    }

    private func answer(to claims: AccessTokenClaims, _ session: Session?) async throws -> Response {
        guard case .success(let holder) = try await authenticator.holder(named: claims, session: session) else {
            return .inactive
        }
        return .json { json in
            json.member("active", true)
            json.member("token_type", claims.key == nil ? "Bearer" : "DPoP")
            if let key = claims.key { json.member("cnf", object: { $0.member("jkt", key.text) }) }
            json.member("iss", issuer.identifier)
            json.member("sub", holder.subject.value)
            json.member("aud", audience)
            json.member("client_id", claims.client.value)
            if !claims.scope.isEmpty { json.member("scope", claims.scope.description) }
            json.member("iat", claims.issuedAt)
            json.member("exp", claims.expiresAt)
            json.member("jti", claims.id)
            if let session = holder.session { json.authentication(session.record) }
            if let claims = holder.session?.claims { json.members(claims.members) }
        }
    }

    /// Judged like a refresh, but without a rotation and without a penalty.
    private func answer(to token: RefreshToken, _ session: Session?, by client: ClientRecord) -> Response {
        guard
            case .live(let session) = sessions.status(
                of: Presentation(token, by: client.id, proof: .notAsked), session: session)
        else {
            return .inactive
        }
        return .json { json in
            json.member("active", true)
            json.member("iss", issuer.identifier)
            json.member("sub", session.subject.id.value)
            json.member("client_id", client.id.value)
            if !session.record.scope.isEmpty { json.member("scope", session.record.scope.description) }
            json.member("iat", session.token.rotatedAt.seconds)
            json.member("exp", sessions.expiry(of: session).seconds)
            json.authentication(session.record)
        }
    }
}

extension Response {
    /// The answer says nothing else about an inactive token (RFC 7662 §2.2).
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
