import Accounts
import ArgumentParser
import CoreMetrics
import Foundation
import Logging
import NIOCore
import PrometheusMetrics
import ServiceLifecycle
import TokenCore
import TokenHTTP
import TokenSigning
import UnixSignals

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the service until SIGTERM or SIGINT.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        let configuration = try options.load()
        LineLogHandler.bootstrap(level: configuration.logLevel, json: configuration.logsJSON)
        // Before anything that counts is made.
        let registry = PrometheusRegistry(descriptions: MetricCatalogue.descriptions)
        MetricsSystem.bootstrap(registry)
        let logger = Logger(label: "heirloom")
        for warning in configuration.warnings { logger.warning("\(warning)") }
        raiseDescriptorLimit()

        let assembly = try await Assembly(configuration)
        try await assembly.signingKeys.rotate(.fill)
        try await assembly.signingKeys.reseal()
        let ring = try await KeyRing(store: assembly.store, sealer: assembly.sealer)
        let references = ReferenceTokenKeys(assembly.masterKeys)
        let feed = RevocationFeed(store: assembly.store, notifier: assembly.sessions.lane.notifier)
        let accounts = try assembly.accounts()
        let hasUsers = try await !assembly.store.users(after: "", limit: 1).isEmpty
        let invitation = SetupInvitation()

        // The admin listener opens first, and only then the public one: whoever is served finds a whole service.
        let adminReadiness = ListenerReadiness()
        var services: [any Service] = [BackgroundTasks(assembly: assembly, feed: feed, ring: ring, logger: logger)]
        if configuration.adminHost.isEmpty {
            adminReadiness.open(at: nil)
        } else {
            let admin = try AdminListener(
                accounts: accounts, keys: assembly.signingKeys, ring: ring, feed: feed, registry: registry,
                token: try AdminTokenFile(path: configuration.adminTokenFile).load(),
                options: AdminListener.Options(
                    host: configuration.adminHost, port: configuration.adminPort,
                    maxBodyBytes: configuration.listener.maxBodyBytes, version: Version.current)
            ).application(logger: logger) { channel in adminReadiness.open(at: channel.localAddress?.port) }
            services.append(
                ListenerService(
                    application: admin, host: configuration.adminHost, port: configuration.adminPort, key: "admin"))
        }
        let application = try PublicListener(
            accounts: accounts,
            accessTokens: AccessTokenIssuer(
                issuer: JWTIssuer(
                    ring: ring, issuer: configuration.issuer, audience: configuration.audience,
                    lifetimeSeconds: configuration.accessTokenLifetimeSeconds),
                references: references),
            reader: AccessTokenReader(
                ring: ring, references: references, issuer: configuration.issuer, audience: configuration.audience),
            ring: ring, feed: feed, csrf: CSRFTokens(assembly.masterKeys), invitation: invitation,
            options: configuration.listener
        ).application(logger: logger) { channel in
            greet(
                configuration, port: channel.localAddress?.port, adminPort: adminReadiness.port,
                invitation: hasUsers ? nil : invitation)
        }
        services.append(
            ListenerService(
                application: application, host: configuration.listener.host, port: configuration.listener.port,
                key: "http", previous: adminReadiness))

        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // The listeners go first and drain; what does not end in time is cut off.
        group.maximumGracefulShutdownDuration = .seconds(9)
        do {
            try await ServiceGroup(configuration: group).run()
        } catch is CancellationError {
            logger.warning("Some requests did not end in time and were cut off")
        }
        assembly.sessions.lane.close()
        try await accounts.hasher.shutdown()
        try assembly.store.close()
        logger.info("Stopped")
        LogWriter.standardError.flush()
    }

    private func greet(_ configuration: Configuration, port: Int?, adminPort: Int?, invitation: SetupInvitation?) {
        let scheme = configuration.listener.tls == nil ? "http" : "https"
        let host = configuration.listener.host
        let port = port ?? configuration.listener.port
        var greeting = "Heirloom listens on \(scheme)://\(host):\(port)\n"
        if let adminPort {
            greeting += "Its admin API and metrics are at http://\(configuration.adminHost):\(adminPort); "
            greeting += "the admin token is in \(configuration.adminTokenFile)\n"
        }
        LogWriter.standardError.write(greeting)
        if let invitation {
            let program = CommandLine.arguments.first ?? "heirloom"
            let file = options.config == ConfigurationOptions.defaultFile ? "" : " --config \(options.config)"
            // The issuer's name is the one to use in a browser, unless it leads to another port.
            let isUsualPort = URLComponents(string: configuration.issuer)?.port.map { $0 == port } ?? true
            let issuer = configuration.issuer
            let site = issuer.hasSuffix("/") ? String(issuer.dropLast()) : issuer
            let base = isUsualPort ? site : "\(scheme)://localhost:\(port)"
            LogWriter.standardError.write(
                """
                There are no users yet. Make the first one in a browser, with this link, which works once:
                  \(base)/setup?token=\(invitation.token)
                or here: \(program) user add NAME\(file)

                """)
        }
    }

    /// Ten thousand idle connections need as many descriptors.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
