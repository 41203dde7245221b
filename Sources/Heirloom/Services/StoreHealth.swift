import Dispatch
import Logging
import Synchronization

/// Whether the store was found damaged when it was last looked at.
final class StoreHealth: Sendable {
    private let defect = Mutex<String?>(nil)

    var isSound: Bool { defect.withLock { $0 == nil } }

    /// Looks for damage until its task is cancelled, for at most a hundredth of the time. Logs when damage appears.
    func watch(_ store: any InstalledStore, logger: Logger) async {
        let thread = DispatchQueue(label: "heirloom.store-health", qos: .utility)
        while !Task.isCancelled {
            let start = ContinuousClock.now
            let found = await withCheckedContinuation { continuation in
                thread.async { continuation.resume(returning: store.damage()) }
            }
            let isNew = defect.withLock { defect in
                defer { defect = found }
                return found != nil && defect == nil
            }
            if isNew, let found {
                logger.error(
                    "The database is damaged; stop the service and restore a backup with: heirloom restore FILE",
                    metadata: ["store": "\(store.place)", "error": "\(found)"])
            }
            try? await Task.sleep(for: max(.seconds(5), (.now - start) * 100))
        }
    }
}
