import ArgumentParser
import CoreMetrics
import Foundation
import Logging
import PrometheusMetrics
import SessionEngine
import TokenCore
import TokenHTTP

struct ServeCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "serve", abstract: "Run the service until SIGTERM or SIGINT.")

    @OptionGroup var options: ConfigurationOptions

    func run() async throws {
        // The service reads files again at SIGHUP. Until then, and afterwards, it is ignored.
        signal(SIGHUP, SIG_IGN)
        let configuration = try options.load(isForListeners: true)
        LineLogHandler.bootstrap(level: configuration.logLevel, format: configuration.logFormat)
        // Counters that are made before this are not exported.
        let registry = PrometheusRegistry(descriptions: MetricCatalogue.descriptions)
        MetricsSystem.bootstrap(registry)
        let logger = Logger(label: "heirloom")
        for warning in configuration.warnings { logger.warning("\(warning)") }
        raiseDescriptorLimit()
        do {
            let assembly = try await Assembly(configuration)
            let secretFiles = SecretFiles.own(of: assembly) + SecretFiles.written(of: configuration)
            for exposed in secretFiles.compactMap(SecretFiles.exposure) {
                logger.warning(
                    "Other users can read or change a file that holds secrets",
                    metadata: [
                        "file": "\(exposed.path)", "mode": "\(exposed.mode)", "remedy": "\(exposed.remedy)",
                    ])
            }
            let server = Server(
                assembly: assembly, registry: registry, configurationFile: options.config, logger: logger)
            // The service is no administrator: its own changes have no actor.
            try await Administrator.$current.withValue(nil) { try await server.run() }
        } catch {
            // As text, the failure is what every command prints last.
            guard configuration.logFormat == .json else { throw error }
            logger.error("The service cannot run", metadata: ["error": "\(error)"])
            LogWriter.standardError.flush()
            throw ExitCode.failure
        }
        logger.info("Stopped")
        LogWriter.standardError.flush()
    }

    /// Raises the limit of open files to the maximum, for ten thousand idle connections.
    private func raiseDescriptorLimit() {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return }
        limit.rlim_cur = limit.rlim_max
        setrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
    }
}
