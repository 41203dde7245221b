package import Accounts
import HTTPTypes
package import Hummingbird
import HummingbirdTLS
package import Logging
package import NIOCore
import NIOSSL
import TokenCore
package import TokenSigning

/// The public listener: everything that people and applications call.
package struct PublicListener: Sendable {
    package struct Options: Sendable {
        package var host: String
        package var port: Int
        package var maxBodyBytes: Int
        package var trustedProxies: TrustedProxies
        package var tls: TLSFiles?

        package init(
            host: String, port: Int, maxBodyBytes: Int, trustedProxies: TrustedProxies, tls: TLSFiles? = nil
        ) {
            self.host = host
            self.port = port
            self.maxBodyBytes = maxBodyBytes
            self.trustedProxies = trustedProxies
            self.tls = tls
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
    private let issuer: AccessTokenIssuer
    private let reader: AccessTokenReader
    private let ring: KeyRing
    private let options: Options

    package init(
        accounts: AccountService, issuer: AccessTokenIssuer, reader: AccessTokenReader, ring: KeyRing, options: Options
    ) {
        self.accounts = accounts
        self.issuer = issuer
        self.reader = reader
        self.ring = ring
        self.options = options
    }

    /// - Parameter whenListening: called once the socket is open, with the address it is bound to.
    package func application(
        logger: Logger, whenListening: @escaping @Sendable (any Channel) async -> Void
    ) throws -> some ApplicationProtocol {
        Application(
            responder: Responder(
                routes: routes, proxies: options.trustedProxies, maxBodyBytes: options.maxBodyBytes),
            server: try .heirloom(tls: options.tls),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port), backlog: 1024,
                availableConnectionsDelegate: .maximum(HTTPLimits.connections, logger: logger)),
            onServerRunning: whenListening,
            logger: logger)
    }

    /// Everything there is, at one glance.
    private var routes: RouteTable {
        let sessions = accounts.sessions
        let credentials = Credentials(sessions: sessions, reader: reader)
        let login = LoginController(accounts: accounts, issuer: issuer)
        let refresh = RefreshController(sessions: sessions, issuer: issuer)
        let logout = LogoutController(sessions: sessions, credentials: credentials)
        let session = SessionController(sessions: sessions, credentials: credentials)
        let password = PasswordController(accounts: accounts, credentials: credentials)
        let wellKnown = WellKnownController(ring: ring)
        let health = HealthController(probe: ReadinessProbe(sessions: sessions, ring: ring))

        var routes = RouteTable()
        routes.on(.post, "/v1/login", login.login)
        routes.on(.post, "/v1/refresh", refresh.refresh)
        routes.on(.post, "/v1/logout", logout.logout)
        routes.on(.post, "/v1/logout-all", logout.logoutAll)
        routes.on(.get, "/v1/session", session.current)
        routes.on(.get, "/v1/sessions", session.list)
        routes.on(.delete, "/v1/sessions/*", session.end)
        routes.on(.post, "/v1/password", password.change)
        routes.on(.get, "/.well-known/jwks.json", wellKnown.jwks)
        routes.on(.get, "/health/live", health.live)
        routes.on(.get, "/health/ready", health.ready)
        return routes
    }
}
