import TokenCore

/// Deletes the rows whose time is over, in small batches through the commit lane.
package struct Sweeper: Sendable {
    private let lane: CommitLane
    private let interval: Duration
    private let batch: Int

    package init(lane: CommitLane, interval: Duration = .seconds(10), batch: Int = 200) {
        self.lane = lane
        self.interval = interval
        self.batch = batch
    }

    /// Sweeps until its task is cancelled. After a sweep that fails the next one tries again.
    package func run() async {
        while !Task.isCancelled {
            let mayBeMore = (try? await lane.submit(Sweep(limit: batch))) ?? false
            // With much to delete the pauses are short, but there is always one: callers come first.
            try? await Task.sleep(for: mayBeMore ? .milliseconds(50) : interval)
        }
    }
}
