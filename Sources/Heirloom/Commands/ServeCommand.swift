import Accounts
import ArgumentParser
import Foundation
import Logging
import NIOCore
import SQLiteStore
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
        let logger = Logger(label: "heirloom")
        for warning in configuration.warnings { logger.warning("\(warning)") }
        raiseDescriptorLimit()

        let assembly = try await Assembly(configuration)
        try await assembly.rotateSigningKeys(.fill)
        try await assembly.resealSigningKeys()
        let ring = try await KeyRing(store: assembly.store, sealer: assembly.sealer)
        let references = ReferenceTokenKeys(assembly.masterKeys)
        let feed = RevocationFeed(store: assembly.store, bell: assembly.sessions.lane.bell)
        let accounts = try assembly.accounts()
        let hasUsers = try await !assembly.store.users(after: "", limit: 1).isEmpty
        let invitation = SetupInvitation()
        let application = try PublicListener(
            accounts: accounts,
            mint: AccessTokenMint(
                issuer: AccessTokenIssuer(
                    ring: ring, issuer: configuration.issuer, audience: configuration.audience,
                    lifetimeSeconds: configuration.accessTokenLifetimeSeconds),
                references: references),
            reader: AccessTokenReader(
                ring: ring, references: references, issuer: configuration.issuer, audience: configuration.audience),
            ring: ring, feed: feed, csrf: CSRFTokens(assembly.masterKeys), invitation: invitation,
            options: configuration.listener
        ).application(logger: logger) { channel in
            greet(configuration, port: channel.localAddress?.port, invitation: hasUsers ? nil : invitation)
        }

        let housekeeping = Housekeeping(assembly: assembly, feed: feed, ring: ring, logger: logger)
        var group = ServiceGroupConfiguration(
            services: [housekeeping, application], gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        // The listener goes first and drains; what does not end in time is cut off.
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

    private func greet(_ configuration: Configuration, port: Int?, invitation: SetupInvitation?) {
        let scheme = configuration.listener.tls == nil ? "http" : "https"
        let host = configuration.listener.host
        let port = port ?? configuration.listener.port
        LogWriter.standardError.write("Heirloom listens on \(scheme)://\(host):\(port)\n")
        if let invitation {
            let program = CommandLine.arguments.first ?? "heirloom"
            let file = options.config == ConfigurationOptions.defaultFile ? "" : " --config \(options.config)"
            // The issuer's name is the one to use in a browser, unless it leads to another port.
            let isUsualPort = URLComponents(string: configuration.issuer)?.port.map { $0 == port } ?? true
            let base = isUsualPort ? configuration.issuer : "\(scheme)://localhost:\(port)"
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
