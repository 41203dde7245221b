import Accounts
import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore

/// `POST /v1/sessions`: a confidential client with the permission `vouch` opens a session for a subject that it has
/// authenticated.
struct VouchedSessionController: Controller {
    let sessions: SessionService
    let clients: ClientAuthenticator
    let delivery: TokenDelivery

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/v1/sessions", open) }

    private func open(_ exchange: Exchange) async throws -> Response {
        let caller = try await clients.confidentialClient(of: exchange, permitted: .vouch)
        let body = try await exchange.json()
        let subject = try subject(body)
        let scope = try body.scope()
        let (name, kind) = (try body.string("client_id"), try body.delivery())
        let client = try await client(named: name, caller: caller)
        if kind == .cookie, name == nil || client.isConfidential {
            throw Problem(.invalidRequest, "With delivery \"cookie\", \"client_id\" must name a public client.")
        }
        // The scope must be allowed to the caller and to the client that the session is for.
        guard caller.mayAsk(for: scope), client.mayAsk(for: scope) else { throw Problem.excessiveScope }
        let key = try key(body)
        let outcome = try await sessions.open(
            subject, evidence: .vouched(by: caller.id), client: client.id, scope: scope,
            device: try device(body), authenticationMethods: try methods(body),
            authenticatedAt: try authenticationTime(body), isRemembered: try body.boolean("remember") ?? true,
            claims: try body.members["claims"].flatMap { try $0.checkedClaims(named: "claims") },
            binding: key.map { .named($0) } ?? .none)
        switch outcome {
        case .opened(let session, let refresh, let time):
            switch kind {
            case .body:
                return try delivery.body(for: session, refresh: refresh, requestKey: key, at: time, status: .created)
            // The back-end has checked where its own request comes from.
            case .cookie: return try delivery.cookies(for: session, refresh: refresh, at: time, status: .created)
            }
        case .refused:
            throw Problem(.invalidCredentials, "The subject is a user who is disabled or deleted.", action: .fix)
        case .unknownClient: throw Problem.unknownClient
        case .refusedProof:
            throw Problem(.invalidRequest, "The client takes only sessions that are bound to a key: send \"dpop_jkt\".")
        }
    }

    /// The key of the device, for which the back-end cannot make a proof.
    private func key(_ body: JSONMembers) throws -> KeyThumbprint? {
        guard let text = try body.string("dpop_jkt") else { return nil }
        guard let key = KeyThumbprint(text) else {
            throw Problem(
                .invalidRequest, "\"dpop_jkt\" is not the SHA-256 thumbprint of a key in base64url (RFC 7638).")
        }
        return key
    }

    private func client(named name: String?, caller: ClientRecord) async throws -> ClientRecord {
        guard let name else { return caller }
        guard let client = try await sessions.client(ClientID(requested: name)) else {
            throw Problem.unknownClient
        }
        return client
    }

    private func subject(_ body: JSONMembers) throws -> SubjectID {
        let subject = SubjectID(try body.required("subject", maximumLength: 255))
        guard subject.isValidOutside else {
            throw Problem(
                .invalidRequest,
                "\"subject\" is not 1 to 255 visible ASCII characters that do not begin with \"client:\".")
        }
        return subject
    }

    /// The device, as the back-end describes it: the request's own address and program are the back-end's.
    private func device(_ body: JSONMembers) throws -> Device {
        let address = try body.string("address", maximumLength: 64)
        // A C string ends at U+0000.
        if let address, address.utf8.contains(0) || IPAddress(address) == nil {
            throw Problem(.invalidRequest, "\"address\" is not an IPv4 or IPv6 address.")
        }
        return Device(
            name: try body.text("device", maximumLength: 200), address: address,
            userAgent: try body.text("user_agent", maximumLength: 4096))
    }

    private func methods(_ body: JSONMembers) throws -> [String] {
        let methods = try body.strings("amr") ?? ["fed"]
        guard methods.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 32 && $0.utf8.allSatisfy { 0x21...0x7E ~= $0 } })
        else { throw Problem(.invalidRequest, "\"amr\" is not an array of short names (RFC 8176).") }
        return methods
    }

    private func authenticationTime(_ body: JSONMembers) throws -> Timestamp? {
        guard let seconds = try body.integer("auth_time") else { return nil }
        // The back-end's clock may be ahead by up to a minute.
        guard (0...sessions.clock().seconds + 60).contains(seconds) else {
            throw Problem(.invalidRequest, "\"auth_time\" is not a past time in Unix seconds.")
        }
        return Timestamp(seconds: seconds)
    }
}
