import Hummingbird
import TokenCore
import TokenSigning

/// `POST /v1/sessions`: a confidential client opens a session for somebody that it has authenticated itself.
struct VouchedSessionController: Sendable {
    let sessions: SessionService
    let clients: ClientAuthentication
    let accessTokens: AccessTokenIssuer

    func open(_ exchange: Exchange) async throws -> Response {
        let caller = try await clients.confidentialClient(of: exchange)
        let body = try await exchange.json()
        let subject = try subject(body)
        let scope = try body.scope()
        let client = try await client(named: try body.string("client_id"), caller: caller)
        // Neither the caller nor whom it asks for may reach beyond what it was registered for.
        for allowed in [caller.allowedScope, client.allowedScope].compactMap({ $0 }) where !scope.isSubset(of: allowed)
        {
            throw Problem(.invalidRequest, "\"scope\" asks for more than this client may have.")
        }
        let outcome = try await sessions.open(
            subject, evidence: .vouched(by: caller.id), client: client.id, scope: scope,
            // The request's address is the back-end's, and says nothing of the device.
            device: Device(name: try body.string("device", maximumLength: 200)),
            authenticationMethods: try methods(body), authenticatedAt: try authenticationTime(body))
        switch outcome {
        case .opened(let session, let refresh):
            return try Response.tokens(
                for: session, refresh: refresh, sessions: sessions, accessTokens: accessTokens, status: .created)
        case .refused:
            throw Problem(.invalidCredentials, "The subject is a user who is disabled or deleted.", action: .fix)
        }
    }

    private func client(named name: String?, caller: ClientRecord) async throws -> ClientRecord {
        guard let name else { return caller }
        guard let client = try await sessions.client(ClientID(name)) else {
            throw Problem(.invalidRequest, "\"client_id\" names no client of this service.")
        }
        return client
    }

    /// Visible ASCII, so that it means the same in a token, a log line and a header.
    private func subject(_ body: JSONMembers) throws -> SubjectID {
        let subject = SubjectID(try body.required("subject", maximumLength: 255))
        guard !subject.value.isEmpty, subject.value.utf8.allSatisfy({ 0x21...0x7E ~= $0 }), !subject.isClient else {
            throw Problem(
                .invalidRequest,
                "\"subject\" is 1 to 255 visible ASCII characters that do not begin with \"client:\".")
        }
        return subject
    }

    private func methods(_ body: JSONMembers) throws -> [String] {
        let methods = try body.strings("amr") ?? ["fed"]
        guard methods.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 32 && $0.utf8.allSatisfy { 0x21...0x7E ~= $0 } })
        else { throw Problem(.invalidRequest, "\"amr\" is an array of short names (RFC 8176).") }
        return methods
    }

    private func authenticationTime(_ body: JSONMembers) throws -> Timestamp? {
        guard let seconds = try body.integer("auth_time") else { return nil }
        // The back-end's clock may be a little fast.
        guard (0...sessions.clock().seconds + 60).contains(seconds) else {
            throw Problem(.invalidRequest, "\"auth_time\" is not a time in Unix seconds that has come.")
        }
        return Timestamp(seconds: seconds)
    }
}
