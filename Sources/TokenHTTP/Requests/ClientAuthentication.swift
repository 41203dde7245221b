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
    func requestingClient(of exchange: Exchange, named name: String?) async throws -> RequestingClient {
        guard let basic = try BasicCredentials(exchange.request) else {
            return RequestingClient(client: name.map { ClientID($0) }, isAuthenticated: false)
        }
        guard name == nil || name == basic.client else {
            throw Problem(.invalidRequest, "\"client_id\" is another client than that of Authorization.")
        }
        let client = try await confidential(basic.client, secret: basic.secret)
        return RequestingClient(client: client.id, isAuthenticated: true)
    }

    /// The confidential client that HTTP Basic proves.
    ///
    /// - Throws: `invalid_credentials` when there is none.
    func confidentialClient(of exchange: Exchange) async throws -> ClientRecord {
        guard let basic = try BasicCredentials(exchange.request) else { throw Problem.invalidClient }
        return try await confidential(basic.client, secret: basic.secret)
    }

    /// What a request on `/oauth` shows of its client: its secret by HTTP Basic or by `client_secret`, an assertion, or, for a
    /// public one, `client_id` alone. Not checked yet.
    ///
    /// - Throws: `invalid_credentials` when there is nothing, `invalid_request` for two methods at once (RFC 6749 §2.3).
    func proof(of exchange: Exchange, form: FormFields) throws -> ClientCredential {
        let assertion = form["client_assertion"] ?? form["client_assertion_type"].map { _ in "" }
        let basic = try BasicCredentials(exchange.request)
        guard [basic != nil, form["client_secret"] != nil, assertion != nil].count(where: { $0 }) <= 1 else {
            throw Problem(.invalidRequest, "The client authenticates in two ways at once.")
        }
        if let basic {
            guard form["client_id"].map({ $0 == basic.client }) ?? true else {
                throw Problem(.invalidRequest, "client_id is another client than that of Authorization.")
            }
            return ClientCredential(client: ClientID(basic.client), shown: .secret(basic.secret))
        }
        if let assertion {
            guard form["client_assertion_type"] == AssertionGate.type else {
                throw Problem(.invalidRequest, "client_assertion_type must be \(AssertionGate.type).")
            }
            guard let id = AssertionGate.claimedClient(of: assertion), form["client_id"].map({ $0 == id.value }) ?? true
            else { throw Problem.invalidClient }
            return ClientCredential(client: id, shown: .assertion(assertion))
        }
        guard let name = form["client_id"] else { throw Problem.invalidClient }
        return ClientCredential(client: ClientID(name), shown: form["client_secret"].map { .secret($0) } ?? .name)
    }

    /// The client of a request on `/oauth`.
    ///
    /// - Throws: `invalid_credentials` or `invalid_request`.
    func client(of exchange: Exchange, form: FormFields) async throws -> ClientRecord {
        let proof = try proof(of: exchange, form: form)
        return try await check(proof, of: try await sessions.client(proof.client), exchange)
    }

    /// The client, if it is what the proof proves.
    ///
    /// - Parameter client: the one that the proof names, as it stands now.
    /// - Throws: `invalid_credentials`.
    func check(_ proof: ClientCredential, of client: ClientRecord?, _ exchange: Exchange) async throws -> ClientRecord {
        guard let client else { throw Problem.invalidClient }
        switch proof.shown {
        case .secret(let secret): guard client.accepts(secret: secret) else { throw Problem.invalidClient }
        case .assertion(let assertion): try await use(assertion, of: client, exchange)
        case .name: guard !client.isConfidential else { throw Problem.invalidClient }
        }
        return client
    }

    /// `private_key_jwt` (RFC 7521 §4.2, RFC 7523 §2.2). What is wrong is told only to whoever has the client's key.
    private func use(_ assertion: String, of client: ClientRecord, _ exchange: Exchange) async throws {
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
    }

    private func confidential(_ name: String, secret: String) async throws -> ClientRecord {
        guard let client = try await sessions.client(ClientID(name)), client.accepts(secret: secret) else {
            throw Problem.invalidClient
        }
        return client
    }
}
