import Synchronization

/// The revocation feed as its readers get it: in order, without gaps, at once or as soon as there is news.
package final class RevocationFeed: Sendable {
    /// What a reader gets.
    package struct Page: Sendable, Equatable {
        package var entries: [RevocationRecord]
        /// Where to read on.
        package var next: Int
        /// Whether the reader has to forget what it knows: what follows, from the first entry on, is complete.
        package var reset: Bool
    }

    private let store: any Store
    private let notifier: RevocationNotifier
    private let pageLimit: Int
    private let readerLimit: Int
    private let readers = Atomic(0)

    /// - Parameters:
    ///   - pageLimit: how many entries are handed out at once.
    ///   - readerLimit: how many readers may wait; one more is refused.
    package init(store: any Store, notifier: RevocationNotifier, pageLimit: Int = 500, readerLimit: Int = 1024) {
        self.store = store
        self.notifier = notifier
        self.pageLimit = pageLimit
        self.readerLimit = readerLimit
    }

    /// Whether the service is going down, so that readers should come again elsewhere.
    package var isClosed: Bool { notifier.isClosed }

    /// Lets every reader go.
    package func close() { notifier.close() }

    package var hasRoom: Bool { readerCount < readerLimit }

    /// How many readers wait.
    package var readerCount: Int { readers.load(ordering: .relaxed) }

    /// Counts a reader that may wait, until ``dismiss()``.
    ///
    /// - Throws: ``Unavailable`` when there are too many.
    package func admit() throws {
        guard readers.add(1, ordering: .relaxed).newValue <= readerLimit else {
            dismiss()
            throw Unavailable.overloaded
        }
    }

    package func dismiss() { readers.subtract(1, ordering: .relaxed) }

    /// The entries after a sequence number; an empty page when there are none before the time is over.
    package func read(after sequence: Int, waiting time: Duration = .zero) async throws -> Page {
        let deadline = ContinuousClock.now + time
        while true {
            let rung = notifier.count
            let page = try await page(after: sequence)
            if !page.entries.isEmpty || page.reset || notifier.isClosed || Task.isCancelled || .now >= deadline {
                return page
            }
            await notifier.wait(past: rung, until: deadline)
        }
    }

    private func page(after sequence: Int) async throws -> Page {
        let found = try await store.revocations(after: sequence, limit: pageLimit)
        // A reader that is ahead has read another past of this database, which was then restored from a backup. One that is
        // behind what was collected has missed entries; they concern only tokens that have expired, but it cannot know.
        let isLost = sequence > found.newest || sequence > 0 && sequence < found.collected
        guard isLost else { return page(found, reset: false) }
        return page(try await store.revocations(after: 0, limit: pageLimit), reset: true)
    }

    private func page(_ found: RevocationPage, reset: Bool) -> Page {
        let isWhole = found.entries.count < pageLimit
        return Page(
            entries: found.entries, next: isWhole ? found.newest : found.entries.last?.sequence ?? found.newest,
            reset: reset)
    }

    /// Until its task is cancelled, looks for what other processes have committed, and lets those go whose time is over.
    /// What this process commits rings the bell itself.
    package func follow(every interval: Duration = .milliseconds(200)) async {
        var newest = 0
        while !Task.isCancelled {
            if notifier.hasWaiters {
                // A failure is the readers' to meet.
                let found = try? await store.revocations(after: newest, limit: 1).newest
                if let found, found != newest {
                    newest = found
                    notifier.notify()
                }
                notifier.expire()
            }
            try? await Task.sleep(for: interval)
        }
    }
}
