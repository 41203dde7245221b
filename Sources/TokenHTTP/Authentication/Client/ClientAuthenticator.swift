import SessionEngine
import TokenCore
import TokenVerifier

/// Finds out which client a request comes from (RFC 6749 §2.3).
struct ClientAuthenticator: Sendable {
    let sessions: SessionService
    let clients: ClientService
    let assertions: AssertionGate
}

// MARK: - On /v1

extension ClientAuthenticator {
    /// The client that HTTP Basic proves, else the client that the request names.
    ///
    /// - Parameter name: the request's `client_id`.
    /// - Throws: ``AuthenticationFailure``.
    func requestingClient(of exchange: Exchange, named name: String?) async throws -> RequestingClient {
        guard let basic = try BasicCredentials(exchange.request) else {
            return RequestingClient(client: name.map { ClientID(requested: $0) }, isAuthenticated: false)
        }
        guard name == nil || name?.utf8.elementsEqual(basic.client.utf8) == true else {
            throw AuthenticationFailure.twoClients
        }
        return RequestingClient(client: try await client(of: basic).id, isAuthenticated: true)
    }

    /// The confidential client that HTTP Basic proves, if it has a permission.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func confidentialClient(
        of exchange: Exchange, permitted permission: ClientRecord.Permission
    ) async throws -> ClientRecord {
        guard let basic = try BasicCredentials(exchange.request) else {
            throw AuthenticationFailure.unauthenticatedClient
        }
        let client = try await client(of: basic)
        guard client.may(permission) else { throw AuthenticationFailure.notPermitted(permission) }
        return client
    }

    private func client(of basic: BasicCredentials) async throws -> ClientRecord {
        guard let client = try await sessions.client(ClientID(requested: basic.client)),
            client.accepts(secret: basic.secret)
        else { throw AuthenticationFailure.unauthenticatedClient }
        return client
    }
}

// MARK: - On /oauth

extension ClientAuthenticator {
    /// The credential of a request: a secret in HTTP Basic or in `client_secret`, an assertion, or `client_id` alone
    /// for a public client.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func credential(of exchange: Exchange, form: FormFields) throws -> ClientCredential {
        let assertion = form["client_assertion"] ?? form["client_assertion_type"].map { _ in "" }
        let basic = try BasicCredentials(exchange.request)
        guard [basic != nil, form["client_secret"] != nil, assertion != nil].count(where: { $0 }) <= 1 else {
            throw AuthenticationFailure.twoClientCredentials
        }
        let name = form["client_id"].map { ClientID(requested: $0) }
        if let basic {
            let client = ClientID(requested: basic.client)
            guard name == nil || name == client else { throw AuthenticationFailure.twoClients }
            return ClientCredential(client: client, proof: .secret(basic.secret))
        }
        if let assertion {
            guard form["client_assertion_type"]?.utf8.elementsEqual(AssertionGate.type.utf8) == true else {
                throw AuthenticationFailure.unknownAssertionType
            }
            guard let client = AssertionGate.claimedClient(of: assertion), name == nil || name == client
            else { throw AuthenticationFailure.unauthenticatedClient }
            return ClientCredential(client: client, proof: .assertion(assertion))
        }
        guard let name else { throw AuthenticationFailure.missingClient }
        return ClientCredential(client: name, proof: form["client_secret"].map { .secret($0) } ?? .absent)
    }

    /// The client of a request.
    ///
    /// - Throws: ``AuthenticationFailure``.
    func client(of exchange: Exchange, form: FormFields) async throws -> ClientRecord {
        let credential = try credential(of: exchange, form: form)
        return try await check(credential, of: try await sessions.client(credential.client), exchange)
    }

    /// The client, if the credential proves it.
    ///
    /// - Parameter client: the client that the credential names; nil when there is none.
    /// - Throws: ``AuthenticationFailure``.
    func check(
        _ credential: ClientCredential, of client: ClientRecord?, _ exchange: Exchange
    ) async throws -> ClientRecord {
        guard let client else { throw AuthenticationFailure.unauthenticatedClient }
        let isProven: Bool
        switch credential.proof {
        case .secret(let secret): isProven = client.accepts(secret: secret)
        case .assertion(let assertion): isProven = try await use(assertion, of: client, exchange)
        case .absent: isProven = !client.isConfidential
        }
        guard isProven else { throw AuthenticationFailure.unauthenticatedClient }
        return client
    }

    /// Checks an assertion (RFC 7521 §4.2, RFC 7523 §2.2) and uses it up.
    ///
    /// - Returns: false when no key of the client signed it.
    /// - Throws: ``AuthenticationFailure/refusedAssertion(_:)`` with the reason, since only the client can have signed
    ///   it.
    private func use(_ text: String, of client: ClientRecord, _ exchange: Exchange) async throws -> Bool {
        let assertion: UsedOnce
        do {
            assertion = try await assertions.read(
                text, of: client, at: exchange.request.path, now: sessions.clock())
        } catch let refusal as AssertionRefusal {
            throw AuthenticationFailure.refusedAssertion(refusal)
        } catch is TokenRefusal {
            return false
        }
        // On disk before anything is done for the client, so that a crash does not make it usable again.
        guard try await clients.use(assertion) else { throw AuthenticationFailure.refusedAssertion(.replayed) }
        return true
    }
}
