#if canImport(Glibc)
    import Glibc
#elseif canImport(Musl)
    import Musl
#elseif canImport(Darwin)
    import Darwin
#endif

/// A thread for calls that wait for the disk, so that they hold up nobody else; an actor may have it as its executor.
///
/// The cooperative pool has about as many threads as there are cores; one that sleeps in `fsync` would be missed.
/// The thread runs until ``stop()``.
final class BlockingThread: SerialExecutor, @unchecked Sendable {
    private enum Work {
        case job(UnownedJob)
        case call(@Sendable () -> Void)
    }

    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    private let condition = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Guarded by `mutex`, as is `isStopped`.
    private var pending: [Work] = []
    private var isStopped = false

    init() {
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(condition, nil)
        start()
    }

    deinit {
        pthread_cond_destroy(condition)
        pthread_mutex_destroy(mutex)
        condition.deallocate()
        mutex.deallocate()
    }

    func enqueue(_ job: consuming ExecutorJob) { append(.job(UnownedJob(job))) }

    /// Runs `work` on the thread after everything that was enqueued before.
    func enqueue(_ work: @escaping @Sendable () -> Void) { append(.call(work)) }

    private func append(_ work: Work) {
        pthread_mutex_lock(mutex)
        pending.append(work)
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    /// Lets the thread end once it has run what is enqueued. Nothing may be enqueued any more.
    func stop() {
        pthread_mutex_lock(mutex)
        isStopped = true
        pthread_cond_signal(condition)
        pthread_mutex_unlock(mutex)
    }

    private func start() {
        // The thread owns the executor while it runs, so that no job can outlive it.
        let unmanaged = Unmanaged.passRetained(self)
        #if canImport(Darwin)
            var thread: pthread_t?
        #else
            var thread = pthread_t()
        #endif
        let result = pthread_create(&thread, nil, blockingThreadMain, unmanaged.toOpaque())
        precondition(result == 0, "the system has no thread left for the spool")
        #if canImport(Darwin)
            if let thread { pthread_detach(thread) }
        #else
            pthread_detach(thread)
        #endif
    }

    fileprivate func run() {
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
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while pending.isEmpty {
            if isStopped { return nil }
            pthread_cond_wait(condition, mutex)
        }
        defer { pending.removeAll() }
        return pending
    }
}

#if canImport(Darwin)
    private func blockingThreadMain(_ argument: UnsafeMutableRawPointer) -> UnsafeMutableRawPointer? {
        Unmanaged<BlockingThread>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
#else
    private func blockingThreadMain(_ argument: UnsafeMutableRawPointer?) -> UnsafeMutableRawPointer? {
        guard let argument else { return nil }
        Unmanaged<BlockingThread>.fromOpaque(argument).takeRetainedValue().run()
        return nil
    }
#endif
