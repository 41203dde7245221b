package import Accounts
package import Federation
import HummingbirdCore
package import Logging
package import NIOCore
import NIOPosix
package import ServiceLifecycle
package import SessionEngine
package import TokenSigning

/// The public listener: the API for applications and the pages for people.
package struct PublicListener: Sendable {
    private let accounts: AccountService
    private let authentication: Authentication
    private let delivery: TokenDelivery
    private let ring: KeyRing
    private let feed: RevocationFeed
    private let federation: FederationService
    private let isStoreSound: @Sendable () -> Bool
    private let pages: [any Controller]
    private let errorPages: (any ErrorRenderer)?
    private let drain: Drain
    private let description: DescriptionController
    private let options: Options

    /// - Parameters:
    ///   - isStoreSound: false once the store was found damaged.
    ///   - pages: the controllers of the pages.
    ///   - errorPages: renders errors for people; nil to answer everybody with problem documents.
    ///   - drain: begins when the service is about to end.
    package init(
        accounts: AccountService, authentication: Authentication, delivery: TokenDelivery, ring: KeyRing,
        feed: RevocationFeed, federation: FederationService, isStoreSound: @escaping @Sendable () -> Bool,
        pages: [any Controller] = [],
        errorPages: (any ErrorRenderer)? = nil, drain: Drain, options: Options
    ) {
        self.accounts = accounts
        self.authentication = authentication
        self.delivery = delivery
        self.ring = ring
        self.feed = feed
        self.federation = federation
        self.isStoreSound = isStoreSound
        self.pages = pages
        self.errorPages = errorPages
        self.drain = drain
        description = DescriptionController()
        self.options = options
    }

    /// Makes the server.
    ///
    /// - Parameter whenListening: called when the socket is open, with the channel that is bound to it.
    package func server(
        logger: Logger, whenListening: @escaping @Sendable (any Channel) async -> Void
    ) -> any Service {
        let routes = RouteTable(controllers + pages)
        logger.debug(
            "The routes of the public listener", metadata: ["routes": "\(routes.list.joined(separator: ", "))"])
        let limit = ConnectionLimit(.public)
        let connection = HTTPConnection(
            responder: Responder(
                routes: routes, proxies: options.trustedProxies,
                maxBodyBytes: options.maxBodyBytes,
                cors: CORSPolicy(
                    origins: authentication.browser.origins,
                    publicPaths: WellKnownController.paths(of: Issuer(options.issuer))
                        .union([DescriptionController.path])),
                errorPages: errorPages, usesTLS: options.tls != nil),
            rules: ConnectionRules(limit: limit, proxies: options.trustedProxies, drain: drain),
            certificate: options.tls)
        let server = connection.server(
            configuration: ServerConfiguration(
                address: options.socketPath.map { .unixDomainSocket(path: $0) }
                    ?? .hostname(options.host, port: options.port),
                backlog: 1024,
                availableConnectionsDelegate: limit),
            onServerRunning: whenListening, eventLoopGroup: MultiThreadedEventLoopGroup.singleton, logger: logger)
        return FeedServer(server: server, feed: feed)
    }

    /// Ends every wait for entries of the feed when the server begins to shut down.
    private struct FeedServer: Service {
        let server: any Service
        let feed: RevocationFeed

        func run() async throws {
            try await withGracefulShutdownHandler {
                try await server.run()
            } onGracefulShutdown: {
                feed.close()
            }
        }
    }

    /// The controllers of the API.
    private var controllers: [any Controller] {
        let sessions = accounts.sessions
        let (authenticator, clients, proofs) = (
            authentication.sessions, authentication.clients, authentication.proofs
        )
        let issuer = Issuer(options.issuer)
        let readiness = ReadinessProbe { [ring, isStoreSound] in
            guard isStoreSound() else { throw Problem.unavailable("The store is damaged.") }
            _ = try await ring.reload()
            try await sessions.probeWrite()
        }
        return [
            LoginController(
                accounts: accounts, federation: federation, clients: clients, gate: authentication.browser,
                proofs: proofs,
                delivery: delivery),
            RefreshController(
                sessions: sessions, clients: clients, authenticator: authenticator, proofs: proofs,
                delivery: delivery),
            LogoutController(sessions: sessions, authenticator: authenticator),
            SessionController(sessions: sessions, authenticator: authenticator),
            VouchedSessionController(sessions: sessions, clients: clients, delivery: delivery),
            ProviderLogoutController(federation: federation),
            ProviderEventController(federation: federation),
            PasswordController(accounts: accounts, authenticator: authenticator),
            VerifyController(authenticator: authenticator),
            FeedController(feed: feed, clients: clients),
            SignalController(
                delivery: SecurityEventDelivery(feed: feed),
                issuer: SecurityEventIssuer(ring: ring, issuer: issuer.identifier), feed: feed, clients: clients,
                sessions: sessions, clock: sessions.clock),
            TokenController(
                sessions: sessions, clients: clients, proofs: proofs, accessTokens: delivery.accessTokens),
            RevocationController(sessions: sessions, authenticator: authenticator, clients: clients),
            IntrospectionController(
                sessions: sessions, authenticator: authenticator, clients: clients, issuer: issuer,
                audience: options.audience),
            WellKnownController(ring: ring, issuer: issuer),
            HealthController(probe: readiness, drain: drain),
            description,
        ]
    }
}
