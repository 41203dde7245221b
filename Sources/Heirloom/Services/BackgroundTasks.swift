import Federation
import Logging
import ServiceLifecycle
import SessionEngine
import TokenSigning

/// The periodic work of a running service: deletes expired rows, rotates the signing keys on schedule, follows changes
/// of the key ring and the revocation feed by other processes, keeps what providers publish fresh, delivers webhooks,
/// and looks for damage of the store.
struct BackgroundTasks: Service {
    let assembly: Assembly
    let feed: RevocationFeed
    let ring: KeyRing
    let health: StoreHealth
    let webhooks: [WebhookRunner]
    let logger: Logger

    func run() async throws {
        await cancelWhenGracefulShutdown {
            await withTaskGroup { tasks in
                tasks.addTask { await assembly.sweeper.run() }
                tasks.addTask { await feed.follow() }
                tasks.addTask { await assembly.store.followNotifications { assembly.notifier.notify() } }
                tasks.addTask { await followKeys() }
                tasks.addTask { await assembly.federation.run() }
                for webhook in webhooks { tasks.addTask { await webhook.run() } }
                tasks.addTask { await health.watch(assembly.store, logger: logger) }
            }
        }
    }

    private func followKeys() async {
        let schedule = assembly.configuration.keySchedule
        while !Task.isCancelled {
            do {
                if try await assembly.signingKeys.isRotationDue(schedule) {
                    try await assembly.signingKeys.rotate(schedule)
                }
                if try await ring.reload() {
                    logger.info("The key ring has changed", metadata: ["current": "\(ring.snapshot.current.id)"])
                }
            } catch {
                logger.error(
                    "The key ring cannot be read or rotated; the last one that was read stays in use",
                    metadata: ["error": "\(error)"])
            }
            // Changes by other processes take effect within a second.
            try? await Task.sleep(for: .milliseconds(500))
        }
    }
}
