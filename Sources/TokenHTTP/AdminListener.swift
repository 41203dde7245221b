package import Accounts
package import Hummingbird
package import Logging
package import NIOCore
package import PrometheusMetrics
package import TokenCore
package import TokenSigning

/// The admin listener: what operators and their tools call. A port of its own, so that no proxy in front of the public one
/// can lead here by mistake.
package struct AdminListener: Sendable {
    package struct Options: Sendable {
        package var host: String
        package var port: Int
        package var maxBodyBytes: Int
        /// Of this program.
        package var version: String

        package init(host: String, port: Int, maxBodyBytes: Int, version: String) {
            self.host = host
            self.port = port
            self.maxBodyBytes = maxBodyBytes
            self.version = version
        }
    }

    private let accounts: AccountService
    private let keys: SigningKeyService
    private let ring: KeyRing
    private let feed: RevocationFeed
    private let registry: PrometheusRegistry
    private let token: AdminToken
    private let options: Options

    package init(
        accounts: AccountService, keys: SigningKeyService, ring: KeyRing, feed: RevocationFeed,
        registry: PrometheusRegistry, token: AdminToken, options: Options
    ) {
        self.accounts = accounts
        self.keys = keys
        self.ring = ring
        self.feed = feed
        self.registry = registry
        self.token = token
        self.options = options
    }

    /// - Parameter whenListening: called once the socket is open, with the address it is bound to.
    package func application(
        logger: Logger, whenListening: @escaping @Sendable (any Channel) async -> Void
    ) throws -> some ApplicationProtocol {
        Application(
            responder: Responder(routes: routes, proxies: .none, maxBodyBytes: options.maxBodyBytes),
            server: try .heirloom(tls: nil),
            configuration: ApplicationConfiguration(
                address: .hostname(options.host, port: options.port), backlog: 128,
                availableConnectionsDelegate: ConnectionLimit(.operators)),
            onServerRunning: whenListening,
            logger: logger)
    }

    /// Everything there is, at one glance.
    private var routes: RouteTable {
        let gate = AdminGate(token: token)
        let sessions = accounts.sessions
        var routes = RouteTable()
        let gauges = ServiceGauges(accounts: accounts, keys: keys, feed: feed, version: options.version)
        routes.on(.get, "/metrics", MetricsController(registry: registry, gauges: gauges).metrics)
        AdminUsersController(accounts: accounts).addRoutes(to: &routes, gate: gate)
        AdminSessionsController(sessions: sessions).addRoutes(to: &routes, gate: gate)
        AdminKeysController(keys: keys, ring: ring).addRoutes(to: &routes, gate: gate)
        AdminEventsController(sessions: sessions).addRoutes(to: &routes, gate: gate)
        AdminClientsController(clients: ClientService(sessions: sessions), sessions: sessions)
            .addRoutes(to: &routes, gate: gate)
        return routes
    }
}
