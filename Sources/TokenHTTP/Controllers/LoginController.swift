import Accounts
import Hummingbird
import SessionEngine
import TokenCore

/// `POST /v1/login`: exchanges a username and a password for a session.
struct LoginController: Controller {
    let accounts: AccountService
    let clients: ClientAuthenticator
    let gate: BrowserGate
    let proofs: RequestProofs
    let delivery: TokenDelivery

    func addRoutes(to routes: inout RouteTable) { routes.on(.post, "/v1/login", login) }

    private func login(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        let username = try body.required("username", maximumLength: GivenName.maximumLength)
        let password = Password(try body.required("password", maximumLength: Password.maximumLength))
        let device = Device(
            name: try body.text("device", maximumLength: 200), address: exchange.address.text,
            userAgent: exchange.userAgent)
        let kind = try body.delivery()
        // Without this, another site could sign a browser in to an account of its own.
        if kind == .cookie { try gate.checkOrigin(of: exchange.request) }
        let proof = try proofs.proof(of: exchange, at: accounts.sessions.clock())
        let requesting = try await clients.requestingClient(of: exchange, named: try body.string("client_id"))
        let client = try await client(requesting, asking: try body.scope(), binding: try proof.binding())
        if kind == .cookie, requesting.isAuthenticated {
            throw Problem(.invalidRequest, "A confidential client cannot have its tokens in cookies.")
        }
        let outcome = try await accounts.login(
            username: username, password: password, client: client, scope: try body.scope(), device: device,
            isRemembered: try body.boolean("remember") ?? true, binding: try proof.binding(), from: exchange.address)
        switch outcome {
        case .opened(let session, let refresh, let time):
            switch kind {
            case .body:
                return proof.mark(
                    try delivery.body(for: session, refresh: refresh, requestKey: proof.key, at: time))
            case .cookie: return proof.mark(try delivery.cookies(for: session, refresh: refresh, at: time))
            }
        case .refused: throw Problem(.invalidCredentials, "The name or the password is wrong.")
        case .unknownClient: throw Problem.unknownClient
        case .refusedProof(let fault): throw AuthenticationFailure.refused(.proof(fault))
        case .throttled(let seconds): throw Problem.tooManyAttempts(retryAfterSeconds: seconds)
        }
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
