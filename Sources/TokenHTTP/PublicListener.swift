package import Accounts
import HTTPTypes
package import Hummingbird
import HummingbirdTLS
package import Logging
package import NIOCore
import NIOSSL
package import TokenCore
package import TokenSigning

/// The public listener: everything that people and applications call.
package struct PublicListener: Sendable {
    package struct Options: Sendable {
        package var issuer: String
        package var audience: [String]
        package var host: String
        package var port: Int
        package var maxBodyBytes: Int
        package var trustedProxies: TrustedProxies
        package var tls: TLSFiles?
        /// Other origins whose pages may call with cookies.
        package var allowedOrigins: [WebOrigin]

        package init(
            issuer: String, audience: [String], host: String, port: Int, maxBodyBytes: Int,
            trustedProxies: TrustedProxies, tls: TLSFiles? = nil, allowedOrigins: [WebOrigin] = []
        ) {
            self.issuer = issuer
            self.audience = audience
            self.host = host
            self.port = port
            self.maxBodyBytes = maxBodyBytes
            self.trustedProxies = trustedProxies
            self.tls = tls
            self.allowedOrigins = allowedOrigins
        }
    }

    /// A certificate chain and its private key, as PEM files.
    package struct TLSFiles: Sendable {
        package var certificate: String
        package var privateKey: String

        package init(certificate: String, privateKey: String) {
            self.certificate = certificate
            self.privateKey = privateKey
        }
    }

    private let accounts: AccountService
    private let accessTokens: AccessTokenIssuer
    private let reader: AccessTokenReader
    private let ring: KeyRing
    private let feed: RevocationFeed
    private let csrf: CSRFTokens
    private let invitation: SetupInvitation
    private let pages: PageRenderer
    private let options: Options

    package init(
        accounts: AccountService, accessTokens: AccessTokenIssuer, reader: AccessTokenReader, ring: KeyRing,
        feed: RevocationFeed, csrf: CSRFTokens, invitation: SetupInvitation, options: Options
    ) throws {
        self.accounts = accounts
        self.accessTokens = accessTokens
        self.reader = reader
        self.ring = ring
        self.feed = feed
        self.csrf = csrf
        self.invitation = invitation
        pages = try PageRenderer()
        self.options = options
    }

    /// - Parameter whenListening: called once the socket is open, with the address it is bound to.
    package func application(
        logger: Logger, whenListening: @escaping @Sendable (any Channel) async -> Void
    ) throws -> some ApplicationProtocol {
        Application(
            responder: Responder(
                routes: routes, proxies: options.trustedProxies, maxBodyBytes: options.maxBodyBytes,
                cors: CORSPolicy(origins: origins), pages: pages),
            server: try .heirloom(tls: options.tls),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port), backlog: 1024,
                availableConnectionsDelegate: ConnectionLimit(.people)),
            onServerRunning: whenListening,
            logger: logger)
    }

    private var origins: OriginList { OriginList(issuer: options.issuer, allowed: options.allowedOrigins) }

    /// Everything there is, at one glance.
    private var routes: RouteTable {
        let sessions = accounts.sessions
        let gate = BrowserGate(origins: origins, csrf: csrf)
        let cookies = CookieDelivery(sessions: sessions, accessTokens: accessTokens, csrf: csrf)
        let credentials = SessionAuthenticator(sessions: sessions, reader: reader, gate: gate)
        let clients = ClientAuthentication(sessions: sessions, assertions: AssertionGate(issuer: options.issuer))
        let login = LoginController(accounts: accounts, clients: clients, accessTokens: accessTokens, gate: gate, cookies: cookies)
        let refresh = RefreshController(
            sessions: sessions, clients: clients, accessTokens: accessTokens, credentials: credentials, cookies: cookies)
        let logout = LogoutController(sessions: sessions, credentials: credentials)
        let session = SessionController(sessions: sessions, credentials: credentials, csrf: csrf)
        let password = PasswordController(accounts: accounts, credentials: credentials)
        let vouched = VouchedSessionController(sessions: sessions, clients: clients, accessTokens: accessTokens)
        let verify = VerifyController(credentials: credentials)
        let revocations = FeedController(feed: feed, clients: clients)
        let signals = SignalController(
            delivery: SecurityEventDelivery(feed: feed), issuer: SecurityEventIssuer(ring: ring, issuer: options.issuer),
            feed: feed, clients: clients, clock: sessions.clock)
        let token = TokenController(sessions: sessions, clients: clients, accessTokens: accessTokens)
        let revocation = RevocationController(sessions: sessions, credentials: credentials, clients: clients)
        let introspection = IntrospectionController(
            sessions: sessions, credentials: credentials, clients: clients, issuer: options.issuer,
            audience: options.audience)
        let wellKnown = WellKnownController(ring: ring, issuer: options.issuer)
        let health = HealthController(probe: ReadinessProbe(sessions: sessions, ring: ring))

        var routes = RouteTable()
        routes.on(.post, "/v1/login", login.login)
        routes.on(.post, "/v1/refresh", refresh.refresh)
        routes.on(.post, "/v1/logout", logout.logout)
        routes.on(.post, "/v1/logout-all", logout.logoutAll)
        routes.on(.get, "/v1/session", session.current)
        routes.on(.get, "/v1/sessions", session.list)
        routes.on(.post, "/v1/sessions", vouched.open)
        routes.on(.delete, "/v1/sessions/*", session.end)
        routes.on(.post, "/v1/password", password.change)
        routes.on(.get, "/v1/verify", verify.verify)
        routes.on(.get, "/v1/revocations", revocations.read)
        routes.on(.post, "/v1/signals", signals.poll)
        routes.on(.post, "/oauth/token", token.token)
        routes.on(.post, "/oauth/revoke", revocation.revoke)
        routes.on(.post, "/oauth/introspect", introspection.introspect)
        routes.on(.get, "/.well-known/jwks.json", wellKnown.jwks)
        routes.on(.get, wellKnown.metadataPath, wellKnown.authorizationServer)
        routes.on(.get, "/health/live", health.live)
        routes.on(.get, "/health/ready", health.ready)
        addPages(to: &routes, gate: gate, cookies: cookies, credentials: credentials)
        return routes
    }

    /// For people.
    private func addPages(
        to routes: inout RouteTable, gate: BrowserGate, cookies: CookieDelivery, credentials: SessionAuthenticator
    ) {
        let visitors = PageVisitors(credentials: credentials)
        AccountPage(
            accounts: accounts, credentials: credentials, visitors: visitors, csrf: csrf,
            history: SessionHistory(sessions: accounts.sessions), pages: pages
        ).addRoutes(to: &routes)
        LoginPage(accounts: accounts, visitors: visitors, gate: gate, cookies: cookies, pages: pages)
            .addRoutes(to: &routes)
        SetupPage(invitation: invitation, accounts: accounts, gate: gate, cookies: cookies, pages: pages)
            .addRoutes(to: &routes)
        InspectPage(visitors: visitors, csrf: csrf, pages: pages).addRoutes(to: &routes)
        PageAssets.addRoutes(to: &routes)
    }
}
