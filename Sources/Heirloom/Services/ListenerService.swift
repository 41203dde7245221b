import Foundation
import NIOCore
import ServiceLifecycle

/// Runs a listener once the listener before it is open.
struct ListenerService: Service {
    let server: any Service
    let host: String
    let port: Int
    /// The path of a Unix socket, which replaces host and port; nil for TCP.
    var socketPath: String?
    /// The section of the configuration that has `host` and `port`.
    let section: String
    var previous: ListenerReadiness?

    /// - Throws: ``CommandFailure`` when the listener cannot open.
    func run() async throws {
        await cancelWhenGracefulShutdown { await previous?.wait() }
        // The wait also ends when another service has failed.
        try Task.checkCancellation()
        do {
            if let socketPath {
                try SocketFile(path: socketPath).claim()
                SocketFile.restrictMode()
            }
            try await server.run()
        } catch let error as CommandFailure {
            throw failure(error.description)
        } catch let error as IOError {
            throw failure(String(cString: strerror(error.errnoCode)))
        } catch let error as SocketAddressError.UnknownHost {
            throw failure("the host \"\(error.host)\" is unknown")
        } catch let error as SocketAddressError {
            throw failure("\(error)")
        }
    }

    private func failure(_ reason: String) -> CommandFailure {
        if let socketPath { return CommandFailure("cannot listen on unix:\(socketPath) (\(section).host): \(reason)") }
        let place = "\(URLHost.text(host)):\(port) (\(section).host, \(section).port)"
        return CommandFailure("cannot listen on \(place): \(reason)")
    }
}
