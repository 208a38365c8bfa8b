import NIOCore

/// Runs tasks on the thread of an event loop.
///
/// They must neither compute for long nor block, for the loop's other connections wait meanwhile: see
/// ``offEventLoop(if:_:)``.
final class EventLoopExecutor: TaskExecutor {
    private let loop: any EventLoop

    init(_ loop: any EventLoop) {
        self.loop = loop
    }

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        loop.execute { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }
}

/// Runs `body`, which may compute for long, where no connection waits for it, if `isLong`.
nonisolated(nonsending) func offEventLoop<R>(
    if isLong: Bool = true, _ body: () async throws -> R
) async rethrows -> R {
    try await withTaskExecutorPreference(isLong ? globalConcurrentExecutor : nil, operation: body)
}
