import NIOCore
import NIOPosix

/// Runs tasks on an event loop.
final class EventLoopExecutor: TaskExecutor {
    let loop = MultiThreadedEventLoopGroup.singleton.next()

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}
