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
    /// A service with a name for the log. Without one, its name is a reflection of all that it holds, which is slow.
    private typealias Named = ServiceGroupConfiguration.ServiceConfiguration

    private let drain = Drain()
    private let manager = ServiceManager()
    private let health = StoreHealth()

    /// Runs until SIGTERM or SIGINT.
    func run() async throws {
        // Trapped until the end, since an untrapped one would end the process.
        let hangUps = await UnixSignalsSequence(trapping: .sighup)
        try await assembly.signingKeys.rotate(.fill)
        try await assembly.signingKeys.reseal()
        let ring = try await assembly.keyRing()
        // Before the listeners open, so that a new webhook gets the first event of this process.
        let webhooks = assembly.webhookRunners()
        for webhook in webhooks { try await webhook.start() }
        let feed = assembly.feed()
        let accounts = try assembly.accounts()
        let renewal = CertificateRenewal(
            certificate: assembly.configuration.listener.tls, hangUps: hangUps, manager: manager, logger: logger)
        let delay = DrainDelay(drain: drain, seconds: assembly.configuration.drainSeconds, manager: manager)
        let tasks = BackgroundTasks(
            assembly: assembly, feed: feed, ring: ring, health: health, webhooks: webhooks, logger: logger)
        let services =
            try await [
                Named(service: renewal, serviceName: "certificate renewal"),
                Named(service: tasks, serviceName: "background tasks"),
            ] + listeners(accounts: accounts, ring: ring, feed: feed)
            + [Named(service: delay, serviceName: "drain delay")]

        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // Services shut down in reverse order, so the listeners drain first. After this time they are cut off.
        group.maximumGracefulShutdownDuration = .seconds(assembly.configuration.drainSeconds + 9)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {
            logger.warning("Some requests did not end in time and were cut off")
        }
        assembly.sessions.close()
        try await accounts.shutdown()
        try assembly.store.close()
    }

    /// The listeners. The public one opens last, so that clients find a complete service.
    private func listeners(
        accounts: AccountService, ring: KeyRing, feed: RevocationFeed
    ) async throws -> [Named] {
        let configuration = assembly.configuration
        let configurationFile = configurationFile
        let invitation = SetupInvitation()
        let setupToken = try await accounts.directory.hasUsers() ? nil : invitation.token
        let adminReadiness = ListenerReadiness()
        var services: [Named] = []
        if let options = configuration.adminListener {
            let listener = try assembly.adminListener(
                options, accounts: accounts, ring: ring, feed: feed, registry: registry)
            let server = listener.server(logger: logger) { channel in
                adminReadiness.open(at: channel.localAddress?.port)
            }
            let service = ListenerService(
                server: server, host: options.host, port: options.port, section: "admin")
            services.append(Named(service: service, serviceName: "admin listener"))
        } else {
            adminReadiness.open(at: nil)
        }

        let options = configuration.listener
        let listener = assembly.publicListener(
            accounts: accounts, ring: ring, feed: feed, invitation: invitation, drain: drain,
            isStoreSound: { [health] in health.isSound })
        let (probes, whenOpen) = AsyncStream.makeStream(of: LivenessProbe.self)
        if let interval = manager.watchdogInterval {
            let watchdog = Watchdog(manager: manager, interval: interval, probes: probes)
            services.append(Named(service: watchdog, serviceName: "watchdog"))
        }
        let server = listener.server(logger: logger) { [manager] channel in
            if let path = options.socketPath { SocketFile(path: path).share(logger) }
            let greeting = Greeting(
                configuration: configuration, configurationFile: configurationFile,
                port: options.socketPath == nil ? channel.localAddress?.port ?? options.port : nil,
                adminPort: adminReadiness.port, setupToken: setupToken)
            LogWriter.standardError.write(greeting.text(configuration.logFormat))
            manager.ready()
            if manager.watchdogInterval != nil, let address = channel.localAddress,
                let probe = try? LivenessProbe(address, isSecure: options.tls != nil)
            {
                whenOpen.yield(probe)
            }
        }
        let service = ListenerService(
            server: server, host: options.host, port: options.port, socketPath: options.socketPath,
            section: "http", previous: adminReadiness)
        return services + [Named(service: service, serviceName: "public listener")]
    }
}
