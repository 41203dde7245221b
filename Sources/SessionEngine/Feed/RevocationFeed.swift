import Synchronization
package import TokenCore

/// The revocation feed as its readers get it: in order, without gaps, at once or as soon as there is a new entry.
package final class RevocationFeed: Sendable {
    /// What a reader gets.
    package struct Page: Sendable, Equatable {
        package var entries: [RevocationRecord]
        /// The sequence number to continue after.
        package var next: Int
        /// Whether the reader must forget every entry that it has: this page and those after it are complete.
        package var reset: Bool
    }

    private let store: any Store
    private let notifier: RevocationNotifier
    private let pageLimit: Int
    private let readerLimit: Int
    private let readers = Mutex<[ClientID: Int]>([:])

    /// - Parameters:
    ///   - pageLimit: the most entries of a page.
    ///   - readerLimit: how many readers may wait; one more is refused. A quarter of them may be one client's.
    package init(store: any Store, notifier: RevocationNotifier, pageLimit: Int = 500, readerLimit: Int = 1024) {
        self.store = store
        self.notifier = notifier
        self.pageLimit = pageLimit
        self.readerLimit = readerLimit
    }

    /// Whether the service is shutting down, so that readers should connect to another node.
    package var isClosed: Bool { notifier.isClosed }

    /// Ends every wait.
    package func close() { notifier.close() }

    /// How many readers wait.
    package var readerCount: Int { readers.withLock { $0.values.reduce(0, +) } }

    /// Counts a reader that may wait, until ``dismiss(_:)``.
    ///
    /// - Throws: ``TokenCore/Unavailable`` when there are too many, or too many of this client.
    package func admit(_ client: ClientID) throws {
        try readers.withLock { readers in
            let own = readers[client, default: 0]
            guard readers.values.reduce(0, +) < readerLimit, own < max(1, readerLimit / 4) else {
                throw Unavailable.overloaded
            }
            readers[client] = own + 1
        }
    }

    package func dismiss(_ client: ClientID) {
        readers.withLock { readers in
            let left = readers[client, default: 1] - 1
            readers[client] = left == 0 ? nil : left
        }
    }

    /// The sequence number of the newest entry, and how many entries there are.
    package func extent() async throws -> (newest: Int, count: Int) {
        let page = try await store.revocations(after: .max, limit: 1)
        return (page.newest, page.newest - page.collected)
    }

    /// The entries after a sequence number; an empty page when there are none before the time is over.
    package func read(after sequence: Int, waiting time: Duration = .zero) async throws -> Page {
        let deadline = ContinuousClock.now + time
        var position = sequence
        while true {
            let count = notifier.count
            let page = try await page(after: position)
            // Entries of unknown kinds only.
            if page.entries.isEmpty, page.next > position, !page.reset {
                position = page.next
                continue
            }
            if !page.entries.isEmpty || page.reset || notifier.isClosed || Task.isCancelled || .now >= deadline {
                return page
            }
            await notifier.wait(past: count, until: deadline)
        }
    }

    private func page(after sequence: Int) async throws -> Page {
        let found = try await store.revocations(after: sequence, limit: pageLimit)
        // A reader that is ahead has read a database that was then restored from a backup. A reader that is behind the
        // oldest entry has missed entries. They concern only tokens that have expired, but the reader cannot know that.
        let isLost = sequence > found.newest || sequence > 0 && sequence < found.collected
        guard isLost else { return page(found, reset: false) }
        return page(try await store.revocations(after: 0, limit: pageLimit), reset: true)
    }

    private func page(_ found: RevocationPage, reset: Bool) -> Page {
        Page(entries: found.entries, next: found.next, reset: reset)
    }

    /// Until its task is cancelled, looks for entries that other processes have committed, and ends waits whose time is
    /// over. The commit lane of this process notifies by itself.
    package func follow(every interval: Duration = .milliseconds(200)) async {
        var newest = 0
        while !Task.isCancelled {
            if notifier.hasWaiters {
                // A reader gets a failure of the store when it reads.
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
