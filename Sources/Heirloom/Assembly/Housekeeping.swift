import Foundation
import Logging
import ServiceLifecycle
import TokenCore
import TokenSigning

/// Keeps the running service in order: sweeps, and follows the feed and the key ring as other processes change them.
struct Housekeeping: Service {
    let sweeper: Sweeper
    let feed: RevocationFeed
    let ring: KeyRing
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { tasks in
                tasks.addTask { await sweeper.run() }
                tasks.addTask { await feed.follow() }
                tasks.addTask { await followKeys() }
            }
        }
    }

    private func followKeys() async {
        while !Task.isCancelled {
            do {
                if try await ring.reload() {
                    logger.info("The key ring has changed", metadata: ["current": "\(ring.snapshot.current.id)"])
                }
            } catch {
                logger.error("The key ring cannot be read; the last one stays in use", metadata: ["error": "\(error)"])
            }
            // Other processes' changes must be followed within a second.
            try? await Task.sleep(for: .milliseconds(500))
        }
    }
}
