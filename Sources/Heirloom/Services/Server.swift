import Accounts
import Logging
import NIOCore
import PrometheusMetrics
import ServiceLifecycle
import SessionEngine
import TokenCore
import TokenHTTP
import TokenSigning
import UnixSignals

/// The service on one node: its listeners and its background tasks.
struct Server {
    let assembly: Assembly
    let registry: PrometheusRegistry
    /// The path that `--config` names.
    let configurationFile: String
    let logger: Logger

    /// Runs until SIGTERM or SIGINT.
    func run() async throws {
        try await assembly.signingKeys.rotate(.fill)
        try await assembly.signingKeys.reseal()
        let ring = try await assembly.keyRing()
        let feed = assembly.feed()
        let accounts = try assembly.accounts()
        let services = try await services(accounts: accounts, ring: ring, feed: feed)

        // At debug the library logs a reflection of every service at each step.
        var lifecycleLogger = logger
        lifecycleLogger.logLevel = max(logger.logLevel, .info)
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: lifecycleLogger)
        // Services shut down in reverse order, so the listeners drain first. After this time they are cut off.
        group.maximumGracefulShutdownDuration = .seconds(9)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {
            logger.warning("Some requests did not end in time and were cut off")
        }
        assembly.sessions.close()
        try await accounts.shutdown()
        try assembly.store.close()
    }

    /// The background tasks and the listeners. The public listener opens last, so that clients find a complete service.
    private func services(
        accounts: AccountService, ring: KeyRing, feed: RevocationFeed
    ) async throws -> [any Service] {
        let configuration = assembly.configuration
        let configurationFile = configurationFile
        let invitation = SetupInvitation()
        let setupToken = try await accounts.directory.hasUsers() ? nil : invitation.token
        let adminReadiness = ListenerReadiness()
        let health = StoreHealth()
        var services: [any Service] = [
            BackgroundTasks(assembly: assembly, feed: feed, ring: ring, health: health, logger: logger)
        ]
        if let options = configuration.adminListener {
            let listener = try assembly.adminListener(
                options, accounts: accounts, ring: ring, feed: feed, registry: registry)
            let application = try listener.application(logger: logger) { channel in
                adminReadiness.open(at: channel.localAddress?.port)
            }
            services.append(
                ListenerService(application: application, host: options.host, port: options.port, section: "admin"))
        } else {
            adminReadiness.open(at: nil)
        }

        let options = configuration.listener
        let listener = try assembly.publicListener(
            accounts: accounts, ring: ring, feed: feed, invitation: invitation, isStoreSound: { health.isSound })
        let application = try listener.application(logger: logger) { channel in
            let greeting = Greeting(
                configuration: configuration, configurationFile: configurationFile,
                port: channel.localAddress?.port ?? options.port, adminPort: adminReadiness.port,
                setupToken: setupToken)
            LogWriter.standardError.write(greeting.text(configuration.logFormat))
        }
        services.append(
            ListenerService(
                application: application, host: options.host, port: options.port, section: "http",
                previous: adminReadiness))
        return services
    }
}
