import Foundation

/// One thread that runs everything of one connection, as the connection actor's executor.
///
/// libpq blocks, and a blocked thread of Swift's cooperative pool is one that no other task can use; this one is
/// nobody else's. It lives until ``finish(_:)``.
final class ConnectionThread: SerialExecutor, @unchecked Sendable {
    private enum Work {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    /// Guards `pending` and `isFinished`.
    private let condition = NSCondition()
    private var pending: [Work] = []
    private var isFinished = false

    init(name: String) {
        // The thread owns the executor while it runs, so that no job can outlive it.
        let thread = Thread { self.run() }
        thread.name = name
        thread.stackSize = 1 << 20
        thread.start()
    }

    func enqueue(_ job: consuming ExecutorJob) {
        enqueue(.job(UnownedJob(job)))
    }

    /// Runs `work` on the thread and returns its result.
    func run<Value: Sendable>(_ work: @escaping @Sendable () -> Value) async -> Value {
        await withCheckedContinuation { continuation in
            enqueue(.call { continuation.resume(returning: work()) })
        }
    }

    /// Runs `last` after everything that was enqueued before, then ends the thread.
    func finish(_ last: @escaping @Sendable () -> Void = {}) {
        condition.lock()
        pending.append(.call(last))
        isFinished = true
        condition.signal()
        condition.unlock()
    }

    private func enqueue(_ work: Work) {
        condition.lock()
        precondition(!isFinished, "work for a connection that has been released")
        pending.append(work)
        condition.signal()
        condition.unlock()
    }

    private func run() {
        while let batch = nextBatch() {
            for work in batch {
                switch work {
                case .job(let job): job.runSynchronously(on: asUnownedSerialExecutor())
                case .call(let call): call()
                }
            }
        }
    }

    private func nextBatch() -> [Work]? {
        condition.lock()
        defer { condition.unlock() }
        while pending.isEmpty {
            if isFinished { return nil }
            condition.wait()
        }
        defer { pending.removeAll() }
        return pending
    }
}
