import Foundation
import Logging
import ServiceLifecycle
import TokenCore
import TokenSigning

/// Keeps the running service in order: sweeps, moves the key ring on by its schedule, and follows the ring and the feed as
/// other processes change them.
struct BackgroundTasks: Service {
    let assembly: Assembly
    let feed: RevocationFeed
    let ring: KeyRing
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { tasks in
                tasks.addTask { await Sweeper(lane: assembly.sessions.lane).run() }
                tasks.addTask { await feed.follow() }
                tasks.addTask { await assembly.store.notify(assembly.sessions.lane.notifier) }
                tasks.addTask { await followKeys() }
            }
        }
    }

    private func followKeys() async {
        while !Task.isCancelled {
            do {
                if try await assembly.signingKeys.isRotationDue(assembly.configuration.keySchedule) {
                    try await assembly.signingKeys.rotate(assembly.configuration.keySchedule)
                }
                if try await ring.reload() {
                    logger.info("The key ring has changed", metadata: ["current": "\(ring.snapshot.current.id)"])
                }
            } catch {
                logger.error(
                    "The key ring cannot be read or moved on; the last one stays in use",
                    metadata: ["error": "\(error)"])
            }
            // Other processes' changes must be followed within a second.
            try? await Task.sleep(for: .milliseconds(500))
        }
    }
}
