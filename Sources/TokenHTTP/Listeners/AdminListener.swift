package import Accounts
import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix
package import PrometheusMetrics
package import ServiceLifecycle
package import SessionEngine
package import TokenSigning

/// The admin listener, for operators and their tools. It has a port of its own, so that a proxy in front of the public
/// listener cannot lead to it by mistake.
package struct AdminListener: Sendable {
    private let accounts: AccountService
    private let identities: IdentityService
    private let clients: ClientService
    private let keys: SigningKeyService
    private let ring: KeyRing
    private let registry: PrometheusRegistry
    private let gauges: ServiceGauges
    private let token: AdminToken
    private let pages: [any Controller]
    private let errorPages: any ErrorRenderer
    private let options: Options

    /// - Parameters:
    ///   - registry: the metrics that `/metrics` shows.
    ///   - gauges: further metrics, read at each scrape.
    ///   - token: what every request must show but those to `/metrics` and to the pages.
    ///   - pages: the console, which admits people itself.
    ///   - errorPages: renders errors for people.
    package init(
        accounts: AccountService, identities: IdentityService, clients: ClientService, keys: SigningKeyService,
        ring: KeyRing, registry: PrometheusRegistry, gauges: ServiceGauges, token: AdminToken,
        pages: [any Controller], errorPages: any ErrorRenderer, options: Options
    ) {
        self.accounts = accounts
        self.identities = identities
        self.clients = clients
        self.keys = keys
        self.ring = ring
        self.registry = registry
        self.gauges = gauges
        self.token = token
        self.pages = pages
        self.errorPages = errorPages
        self.options = options
    }

    /// Makes the server.
    ///
    /// - Parameter whenListening: called when the socket is open, with the channel that is bound to it.
    package func server(
        logger: Logger, whenListening: @escaping @Sendable (any Channel) async -> Void
    ) -> any Service {
        let routes = routes
        logger.debug(
            "The routes of the admin listener", metadata: ["routes": "\(routes.list.joined(separator: ", "))"])
        let limit = ConnectionLimit(.admin)
        let connection = HTTPConnection(
            responder: Responder(
                routes: routes, proxies: .none, maxBodyBytes: options.maxBodyBytes, errorPages: errorPages,
                hostGate: LoopbackHost.contains(options.host) ? HostGate() : nil),
            rules: ConnectionRules(limit: limit, proxies: nil), certificate: nil)
        return connection.server(
            configuration: ServerConfiguration(
                address: .hostname(options.host, port: options.port), backlog: 128,
                availableConnectionsDelegate: limit),
            onServerRunning: whenListening, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
    }

    private var routes: RouteTable {
        var routes = RouteTable([MetricsController(registry: registry, gauges: gauges)] + pages)
        let gate = AdminGate(token: token)
        routes.add(RouteTable(controllers)) { gate.guarding($0) }
        return routes
    }

    /// The controllers that only the admin token opens.
    private var controllers: [any Controller] {
        [
            AdminUsersController(accounts: accounts),
            AdminLinksController(accounts: accounts, issuer: Issuer(options.issuer)),
            AdminClaimsController(accounts: accounts),
            AdminIdentitiesController(accounts: accounts, identities: identities),
            AdminSessionsController(accounts: accounts),
            AdminKeysController(keys: keys, ring: ring),
            AdminEventsController(accounts: accounts),
            AdminClientsController(clients: clients, sessions: accounts.sessions),
        ]
    }
}
