import TokenCore

/// Finds out which client a request comes from (RFC 6749 §2.3).
struct ClientAuthentication: Sendable {
    let sessions: SessionService

    /// On `/v1`: what HTTP Basic proves, or else what the request says.
    ///
    /// - Parameter name: the request's `client_id`.
    /// - Throws: `invalid_credentials` for Basic that is wrong.
    func presenter(of exchange: Exchange, named name: String?) async throws -> Presenter {
        guard let basic = try BasicCredentials(exchange.request) else {
            return Presenter(client: name.map { ClientID($0) }, isAuthenticated: false)
        }
        guard name == nil || name == basic.client else {
            throw Problem(.invalidRequest, "\"client_id\" is another client than that of Authorization.")
        }
        let client = try await confidential(basic.client, secret: basic.secret)
        return Presenter(client: client.id, isAuthenticated: true)
    }

    /// The confidential client that HTTP Basic proves.
    ///
    /// - Throws: `invalid_credentials` when there is none.
    func confidentialClient(of exchange: Exchange) async throws -> Client {
        guard let basic = try BasicCredentials(exchange.request) else { throw Problem.invalidClient }
        return try await confidential(basic.client, secret: basic.secret)
    }

    private func confidential(_ name: String, secret: String) async throws -> Client {
        guard let client = try await sessions.client(ClientID(name)), client.accepts(secret: secret) else {
            throw Problem.invalidClient
        }
        return client
    }
}
