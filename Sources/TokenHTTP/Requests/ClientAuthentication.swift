import HummingbirdCore
import TokenCore
import TokenVerifier

/// Finds out which client a request comes from (RFC 6749 §2.3).
struct ClientAuthentication: Sendable {
    let sessions: SessionService
    let assertions: AssertionGate

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

    /// On `/oauth`: a confidential client by HTTP Basic, by `client_secret` or by `client_assertion`, or a public one by
    /// `client_id` alone.
    ///
    /// - Throws: `invalid_credentials`, or `invalid_request` for two methods at once (RFC 6749 §2.3).
    func client(of exchange: Exchange, form: FormFields) async throws -> Client {
        let assertion = form["client_assertion"] ?? form["client_assertion_type"].map { _ in "" }
        let basic = try BasicCredentials(exchange.request)
        guard [basic != nil, form["client_secret"] != nil, assertion != nil].count(where: { $0 }) <= 1 else {
            throw Problem(.invalidRequest, "The client authenticates in two ways at once.")
        }
        if let basic {
            guard form["client_id"].map({ $0 == basic.client }) ?? true else {
                throw Problem(.invalidRequest, "client_id is another client than that of Authorization.")
            }
            return try await confidential(basic.client, secret: basic.secret)
        }
        if let assertion { return try await client(provenBy: assertion, exchange, form) }
        guard let name = form["client_id"] else { throw Problem.invalidClient }
        if let secret = form["client_secret"] { return try await confidential(name, secret: secret) }
        guard let client = try await sessions.client(ClientID(name)), !client.isConfidential else {
            throw Problem.invalidClient
        }
        return client
    }

    /// `private_key_jwt` (RFC 7521 §4.2, RFC 7523 §2.2). What is wrong is told only to whoever has the client's key.
    private func client(provenBy assertion: String, _ exchange: Exchange, _ form: FormFields) async throws -> Client {
        guard form["client_assertion_type"] == AssertionGate.type else {
            throw Problem(.invalidRequest, "client_assertion_type must be \(AssertionGate.type).")
        }
        guard let id = AssertionGate.claimedClient(of: assertion), form["client_id"].map({ $0 == id.value }) ?? true,
            let client = try await sessions.client(id)
        else { throw Problem.invalidClient }
        do {
            let read = try await assertions.read(
                assertion, of: client, at: exchange.request.uri.path, now: sessions.clock())
            // On disk before anything is done for it: nobody may come with the same one again, after a crash neither.
            let use = UseAssertion(read.id, forgottenAt: read.forgottenAt)
            guard try await sessions.lane.submit(use) == .fresh else { throw AssertionRefusal.replayed }
        } catch let refusal as AssertionRefusal {
            var problem = Problem.invalidClient
            problem.detail = "The client_assertion is not accepted: \(refusal.sentence)."
            throw problem
        } catch is TokenRefusal {
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
