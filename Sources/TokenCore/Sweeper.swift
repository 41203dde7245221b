/// Collects, in small batches through the lane, the rows whose time is over.
package struct Sweeper: Sendable {
    private let lane: CommitLane
    private let interval: Duration
    private let batch: Int

    package init(lane: CommitLane, interval: Duration = .seconds(10), batch: Int = 200) {
        self.lane = lane
        self.interval = interval
        self.batch = batch
    }

    /// Sweeps until its task is cancelled. A sweep that fails is left to the next one.
    package func run() async {
        while !Task.isCancelled {
            let mayBeMore = (try? await lane.submit(Sweep(limit: batch))) ?? false
            // Under a backlog the pauses are short, but there are always some: callers come first.
            try? await Task.sleep(for: mayBeMore ? .milliseconds(50) : interval)
        }
    }
}
