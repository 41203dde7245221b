import Accounts
import Hummingbird
import TokenCore
import TokenSigning

/// `POST /v1/login`: a username and a password for a session.
struct LoginController: Sendable {
    let accounts: AccountService
    let clients: ClientAuthentication
    let accessTokens: AccessTokenIssuer
    let gate: BrowserGate
    let cookies: CookieDelivery

    private enum Delivery: String { case body, cookie }

    func login(_ exchange: Exchange) async throws -> Response {
        let body = try await exchange.json()
        let username = try body.required("username", maximumLength: 256)
        let password = Password(try body.required("password", maximumLength: Password.maximumLength))
        let device = Device(
            name: try body.string("device", maximumLength: 200), address: exchange.address.text,
            userAgent: exchange.userAgent)
        guard let delivery = Delivery(rawValue: try body.string("delivery") ?? "body") else {
            throw Problem(.invalidRequest, "\"delivery\" is unknown; \"body\" or \"cookie\" is expected.")
        }
        // Nobody may sign a browser in as somebody else from afar.
        if delivery == .cookie { try gate.checkOrigin(of: exchange.request) }
        let requestingClient = try await clients.requestingClient(of: exchange, named: try body.string("client_id"))
        let client = try await client(requestingClient, asking: try body.scope())
        if delivery == .cookie, requestingClient.isAuthenticated {
            throw Problem(.invalidRequest, "A confidential client's tokens do not belong in a browser's cookies.")
        }
        let outcome = try await accounts.login(
            username: username, password: password, client: client, scope: try body.scope(), device: device,
            from: exchange.address)
        switch outcome {
        case .opened(let session, let refresh):
            switch delivery {
            case .body:
                return try Response.tokens(for: session, refresh: refresh, sessions: accounts.sessions, accessTokens: accessTokens)
            case .cookie: return try cookies.response(for: session, refresh: refresh)
            }
        case .refused:
            throw Problem(.invalidCredentials, "No user with this name and this password may log in.")
        case .throttled(let seconds):
            throw Problem.tooManyAttempts(retryAfterSeconds: seconds)
        }
    }

    private func client(_ requestingClient: RequestingClient, asking scope: Scope) async throws -> ClientID {
        guard let client = try await accounts.sessions.client(requestingClient.client ?? .web) else {
            throw Problem(.invalidRequest, "\"client_id\" names no client of this service.")
        }
        if client.isConfidential, !requestingClient.isAuthenticated { throw Problem.invalidClient }
        if let allowed = client.allowedScope, !scope.isSubset(of: allowed) {
            throw Problem(.invalidRequest, "\"scope\" asks for more than this client may have.")
        }
        return client.id
    }
}
