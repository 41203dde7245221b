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

    /// On `/oauth`: a confidential client by HTTP Basic or by `client_secret`, or a public one by `client_id` alone.
    ///
    /// - Throws: `invalid_credentials`, or `invalid_request` for two methods at once (RFC 6749 §2.3).
    func client(of exchange: Exchange, form: FormFields) async throws -> Client {
        if let basic = try BasicCredentials(exchange.request) {
            guard form["client_secret"] == nil, form["client_id"].map({ $0 == basic.client }) ?? true else {
                throw Problem(.invalidRequest, "The client authenticates in two ways at once.")
            }
            return try await confidential(basic.client, secret: basic.secret)
        }
        guard let name = form["client_id"] else { throw Problem.invalidClient }
        if let secret = form["client_secret"] { return try await confidential(name, secret: secret) }
        guard let client = try await sessions.client(ClientID(name)), !client.isConfidential else {
            throw Problem.invalidClient
        }
        return client
    }

    private func confidential(_ name: String, secret: String) async throws -> Client {
        guard let client = try await sessions.client(ClientID(name)), client.accepts(secret: secret) else {
            throw Problem.invalidClient
        }
        return client
    }
}
