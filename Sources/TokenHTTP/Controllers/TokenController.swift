import Accounts
import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore
import TokenSigning

/// `POST /oauth/token` (RFC 6749 §3.2): the grants `refresh_token` and `client_credentials`.
struct TokenController: Controller {
    let sessions: SessionService
    let clients: ClientAuthenticator
    let proofs: RequestProofs
    let accessTokens: AccessTokenIssuer

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/oauth/token", token) }

    private func token(_ exchange: Exchange) async throws -> Response {
        let form = try await exchange.form()
        // Before the client is looked up: a token that is issued after its client was removed would outlive the entry
        // in the feed.
        let now = sessions.clock()
        let client = try await client(form, exchange)
        let grant = try form.required("grant_type")
        switch grant.isVisibleASCII ? grant : "" {
        case "refresh_token": return try await refresh(form, client, exchange)
        case "client_credentials":
            guard let client else { throw AuthenticationFailure.missingClient }
            return try await clientCredentials(form, client, exchange, at: now)
        default: throw OAuthError(.unsupportedGrantType, "The grant types are refresh_token and client_credentials.")
        }
    }

    /// The client of a request; nil for a refresh that names none. Some libraries of public clients send no `client_id`
    /// with a refresh, as RFC 6749 §6 permits; the refresh token says whose session it is.
    private func client(_ form: FormFields, _ exchange: Exchange) async throws -> ClientRecord? {
        do {
            return try await clients.client(of: exchange, form: form)
        } catch AuthenticationFailure.missingClient
            where form["grant_type"] == "refresh_token" && form["client_secret"] == nil
        {
            return nil
        }
    }

    /// RFC 6749 §6. A narrower scope applies to this access token only; the session keeps its scope.
    private func refresh(_ form: FormFields, _ client: ClientRecord?, _ exchange: Exchange) async throws -> Response {
        let text = try form.required("refresh_token")
        let asked = try form.scope()
        // Row 1 of the rotation rule, before anything is queued.
        guard let token = sessions.parse(text) else { throw AuthenticationFailure.invalidRefreshToken }
        // A session's scope never changes, so it can be checked before the token is used. If the token is not valid,
        // the refresh says so.
        let proof = try proofs.proof(of: exchange, at: sessions.clock())
        if let asked,
            case .live(let session) = try await sessions.status(of: Presentation(token, proof: proof.presented)),
            session.record.client == client?.id ?? session.record.client, !asked.isSubset(of: session.record.scope)
        {
            throw OAuthError(.invalidScope, "The scope is wider than the session's.")
        }
        let outcome = try await sessions.refresh(
            token, client: client?.id, isAuthenticated: client?.isConfidential ?? false, proof: proof.presented,
            address: exchange.address.text)
        switch outcome {
        case .successor(let successor, let session, let time):
            let binding = TokenBinding(of: session, requestKey: proof.key)
            let access = try accessTokens.issue(for: session, boundBy: binding, scope: asked, at: time)
            return proof.mark(.json { $0.grant(access, refresh: successor) })
        case .refused(let refusal): throw proof.failure(refusal)
        }
    }

    /// RFC 6749 §4.4: the client acts for itself. There is no session, and no refresh token (RFC 6749 §4.4.3).
    private func clientCredentials(
        _ form: FormFields, _ client: ClientRecord, _ exchange: Exchange, at now: Timestamp
    ) async throws -> Response {
        guard client.isConfidential else {
            throw OAuthError(.unauthorizedClient, "A public client cannot use client_credentials.")
        }
        guard client.may(.credentials) else { throw OAuthError(notPermitted: .credentials) }
        let asked = try form.scope()
        guard asked.map(client.mayAsk) ?? true else {
            throw OAuthError(.invalidScope, "The scope is wider than the client's.")
        }
        let proof = try proofs.proof(of: exchange, at: now)
        switch try proof.binding() {
        case .proven(let given):
            guard try await sessions.use(given.use) else { throw AuthenticationFailure.refused(.proof(.replayed)) }
        case .none, .named:
            if client.requiresProof { throw AuthenticationFailure.refused(.proof(.missing)) }
        }
        let access = try accessTokens.issue(
            to: client, boundBy: TokenBinding(ofClientWith: proof.key), scope: asked ?? client.allowedScope ?? .none,
            at: now)
        return proof.mark(.json { $0.grant(access, refresh: nil) })
    }
}

extension FormFields {
    /// The requested scope; nil when the field is absent.
    fileprivate func scope() throws -> Scope? {
        guard let text = self["scope"] else { return nil }
        guard let scope = Scope(text) else { throw OAuthError(.invalidScope, "The scope is malformed.") }
        return scope
    }
}

extension JSONWriter {
    /// RFC 6749 §5.1.
    fileprivate mutating func grant(_ access: IssuedToken, refresh: RefreshToken?) {
        member("access_token", access.token)
        member("token_type", access.type)
        member("expires_in", access.expiresInSeconds)
        if let refresh { member("refresh_token", refresh.plaintext) }
        if !access.scope.isEmpty { member("scope", access.scope.description) }
    }
}
