import HTTPTypes
import Accounts
import SessionEngine
import TokenCore

/// `POST /oauth/revoke` (RFC 7009): a client ends a session by any of its tokens. For an unknown token, and for a
/// session that has ended, there is nothing to do.
struct RevocationController: Controller {
    let sessions: SessionService
    let authenticator: SessionAuthenticator
    let clients: ClientAuthenticator

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/oauth/revoke", revoke) }

    private func revoke(_ exchange: Exchange) async throws -> Response {
        let form = try await exchange.form()
        let client = try await clients.client(of: exchange, form: form)
        // `token_type_hint` is not needed: a token shows its type.
        guard let (session, holder) = try await session(of: try form.required("token")) else { return .revoked }
        guard holder == client.id else { throw OAuthError(.invalidGrant, "The token belongs to another client.") }
        _ = try await sessions.end(
            session, by: .client(client.id), reason: .revokedByClient, address: exchange.address.text)
        return .revoked
    }

    /// The session of a token of any kind and age, and its client; nil when the token names none.
    private func session(of token: String) async throws -> (SessionID, ClientID)? {
        guard token.isVisibleASCII else { return nil }
        if token.hasPrefix(RefreshToken.prefix) {
            guard let id = sessions.parse(token)?.session, let session = try await sessions.session(id) else {
                return nil
            }
            return (id, session.record.client)
        }
        guard let claims = try await authenticator.read(token).authentic else { return nil }
        guard let session = claims.session else {
            throw OAuthError(
                .unsupportedTokenType, "A client's own access token cannot be revoked. It is valid until it expires.")
        }
        return (session, claims.client)
    }
}

extension Response {
    /// The status is the whole answer (RFC 7009 §2.2).
    fileprivate static var revoked: Response { Response(status: .ok, headers: [.cacheControl: "no-store"]) }
}
