import Foundation
import NIOCore
import ServiceLifecycle

/// A listener as a service: begins when the one before it is open, and says clearly why it cannot.
struct ListenerService: Service {
    let application: any Service
    let host: String
    let port: Int
    /// Where the configuration has both.
    let key: String
    var previous: ListenerReadiness?

    func run() async throws {
        await cancelWhenGracefulShutdown { await previous?.wait() }
        // The one before it has failed.
        try Task.checkCancellation()
        do {
            try await application.run()
        } catch let error as IOError {
            throw CommandFailure(
                "cannot listen on \(host):\(port) (\(key).host, \(key).port): \(String(cString: strerror(error.errnoCode)))"
            )
        } catch let error as SocketAddressError.UnknownHost {
            throw CommandFailure(
                "cannot listen on \(host):\(port) (\(key).host, \(key).port): there is no host \"\(error.host)\"")
        } catch let error as SocketAddressError {
            throw CommandFailure("cannot listen on \(host):\(port) (\(key).host, \(key).port): \(error)")
        }
    }
}
