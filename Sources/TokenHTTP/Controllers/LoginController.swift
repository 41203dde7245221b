import Accounts
import Federation
import HTTPTypes
import SessionEngine
import StrictCoding
import TokenCore

/// `POST /v1/login`: exchanges a username and a password, or an ID token of a provider, for a session.
struct LoginController: Controller {
    let accounts: AccountService
    let federation: FederationService
    let clients: ClientAuthenticator
    let gate: BrowserGate
    let proofs: RequestProofs
    let delivery: TokenDelivery

    /// Who wants the session, and how.
    struct Applicant {
        let client: ClientID
        let scope: Scope
        let device: Device
        let isRemembered: Bool
        let proof: RequestProof
        let binding: OpenSession.Binding
        let delivery: TokenDelivery.Kind
    }

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/v1/login", login) }

    private func login(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        if namesProvider(body) {
            return try await loginByProvider(body, try await applicant(body, exchange), exchange)
        }
        let username = try body.required("username", maximumLength: GivenName.maximumLength)
        let password = Password(try body.required("password", maximumLength: Password.maximumLength))
        let applicant = try await applicant(body, exchange)
        let outcome = try await accounts.login(
            username: username, password: password, client: applicant.client, scope: applicant.scope,
            device: applicant.device, isRemembered: applicant.isRemembered, binding: applicant.binding,
            from: exchange.address)
        switch outcome {
        case .opened(let session, let refresh, let time):
            return try answer(session, refresh, at: time, to: applicant)
        case .refused: throw Problem(.invalidCredentials, "The name or the password is wrong.")
        case .unknownClient: throw Problem.unknownClient
        case .refusedProof(let fault): throw AuthenticationFailure.refused(.proof(fault))
        case .throttled(let seconds): throw Problem.tooManyAttempts(retryAfterSeconds: seconds)
        }
    }

    private func applicant(_ body: JSONMembers, _ exchange: Exchange) async throws -> Applicant {
        let device = Device(
            name: try body.text("device", maximumLength: 200), address: exchange.address.text,
            userAgent: exchange.userAgent)
        let kind = try body.delivery()
        // Without this, another site could sign a browser in to an account of its own.
        if kind == .cookie { try gate.checkOrigin(of: exchange.request) }
        let proof = try proofs.proof(of: exchange, at: accounts.sessions.clock())
        let requesting = try await clients.requestingClient(of: exchange, named: try body.string("client_id"))
        let (scope, binding) = (try body.scope(), try proof.binding())
        let client = try await client(requesting, asking: scope, binding: binding)
        if kind == .cookie, requesting.isAuthenticated {
            throw Problem(.invalidRequest, "A confidential client cannot have its tokens in cookies.")
        }
        return Applicant(
            client: client, scope: scope, device: device, isRemembered: try body.boolean("remember") ?? true,
            proof: proof, binding: binding, delivery: kind)
    }

    func answer(
        _ session: Session, _ refresh: RefreshToken, at time: Timestamp, to applicant: Applicant
    ) throws -> Response {
        let response =
            switch applicant.delivery {
            case .body:
                try delivery.body(for: session, refresh: refresh, requestKey: applicant.proof.key, at: time)
            case .cookie: try delivery.cookies(for: session, refresh: refresh, at: time)
            }
        return applicant.proof.mark(response)
    }

    private func client(
        _ requesting: RequestingClient, asking scope: Scope, binding: OpenSession.Binding
    ) async throws -> ClientID {
        guard let client = try await accounts.sessions.client(requesting.client ?? .web) else {
            throw Problem.unknownClient
        }
        if client.isConfidential, !requesting.isAuthenticated { throw AuthenticationFailure.unauthenticatedClient }
        guard client.mayAsk(for: scope) else { throw Problem.excessiveScope }
        if client.requiresProof, binding.key == nil { throw AuthenticationFailure.refused(.proof(.missing)) }
        return client.id
    }
}
