import Accounts
import Hummingbird
import TokenCore

/// `POST /oauth/revoke` (RFC 7009): a client ends a session by any of its tokens. What is dead or unknown is ended already.
struct RevocationController: Sendable {
    let sessions: SessionService
    let credentials: SessionAuthenticator
    let clients: ClientAuthentication

    func revoke(_ exchange: Exchange) async throws -> Response {
        let form = try await exchange.form()
        let client = try await clients.client(of: exchange, form: form)
        // `token_type_hint` tells nothing that the token itself does not.
        guard let (session, holder) = try await session(of: try form.required("token")) else { return .done }
        guard holder == client.id else { throw OAuthError(.invalidGrant, "The token is another client's.") }
        _ = try await sessions.lane.submit(
            EndSession(
                session, reason: .revokedByClient, owner: .client(client.id), address: exchange.address.text))
        return .done
    }

    /// The session that a token of any kind and age names, and its client; nil when it names none.
    private func session(of token: String) async throws -> (SessionID, ClientID)? {
        if token.hasPrefix(RefreshToken.prefix) {
            guard let id = sessions.parse(token)?.session, let session = try await sessions.store.session(id) else {
                return nil
            }
            return (id, session.record.client)
        }
        let grant: AccessTokenClaims
        do { grant = try await credentials.grant(of: token, evenExpired: true) } catch is Problem { return nil }
        guard let session = grant.session else {
            throw OAuthError(.unsupportedTokenType, "A client's own access token cannot be revoked; it runs out.")
        }
        return (session, grant.client)
    }
}

extension Response {
    /// RFC 7009 §2.2: the status says it all.
    fileprivate static var done: Response { Response(status: .ok, headers: [.cacheControl: "no-store"]) }
}
