package import LibPQ
package import Logging
package import WorkflowEvents

/// Writes the batches of concurrent producers, coalesced: few transactions at a time, each as large as what waits.
///
/// A producer's requests are stored in the order in which it awaits them. Requests that share a transaction are
/// answered as if each had been alone.
package final class BatchWriter: Sendable {
    /// Bounds of a ``BatchWriter``.
    package struct Settings: Sendable {
        /// Transactions at a time, each on a connection of its own; 1 to 64.
        package var laneCount = 2
        /// Events that one transaction takes of several requests; a larger request still goes whole.
        package var maximumBatchCount = 10_000
        /// About how much memory the events of one transaction may hold; 32 MiB. A larger request still goes whole.
        package var maximumBatchBytes = 32 << 20
        /// Events that may wait; a request beyond it is answered `unavailable`, unless nothing else waits.
        package var maximumWaitingCount = 100_000
        /// About how much memory waiting events may hold; 256 MiB. A request beyond it is answered likewise.
        package var maximumWaitingBytes = 256 << 20
        /// After this a transaction is aborted and settled.
        package var transactionTimeout = Duration.seconds(30)
        /// Called with the number of new events after each commit of some; it must not block.
        package var onCommit: @Sendable (Int) -> Void = { _ in }
        /// Awaited before each transaction, for what has to keep up with the writer.
        package var pace: @Sendable () async -> Void = {}

        package init() {}
    }

    private let committer: BatchCommitter
    private let queue: BatchQueue
    private let wakeUpCall: WakeUpCall
    private let laneCount: Int
    private let onCommit: @Sendable (Int) -> Void
    private let pace: @Sendable () async -> Void

    /// A writer to `database` over connections of `pool`; it writes while ``run()`` runs.
    package init(database: LedgerDatabase, pool: PostgresPool, settings: Settings = Settings(), logger: Logger) {
        precondition((1...64).contains(settings.laneCount), "A batch writer has 1 to 64 lanes.")
        self.committer = BatchCommitter(
            database: database, pool: pool, transactionTimeout: settings.transactionTimeout, logger: logger)
        self.queue = BatchQueue(
            maximumWaiting: BatchLoad(
                eventCount: settings.maximumWaitingCount, byteCount: settings.maximumWaitingBytes),
            maximumBatch: BatchLoad(eventCount: settings.maximumBatchCount, byteCount: settings.maximumBatchBytes))
        self.wakeUpCall = WakeUpCall(pool: pool, channel: database.wakeUpChannel, logger: logger)
        self.laneCount = settings.laneCount
        self.onCommit = settings.onCommit
        self.pace = settings.pace
    }

    /// Stores `events` and returns after their transaction has committed.
    ///
    /// - Throws: ``WriteError``. Sending the same events again is always safe.
    package func append(
        _ events: [WorkflowEvent], source: String? = nil, policy: RefusalPolicy = .partial,
        idempotency: IdempotencyKey? = nil
    ) async throws -> AppendResult {
        if events.isEmpty, idempotency == nil { return AppendResult() }
        return try await queue.submit(
            AppendRequest(events, source: source, policy: policy, idempotency: idempotency))
    }

    /// Events that wait for a transaction to take them.
    package var waitingEventCount: Int { queue.waitingEventCount }

    /// Whether no other request is taken until some have been written.
    package var isFull: Bool { queue.isFull }

    /// Writes until ``finish()`` is called and what was taken is done, or until cancelled.
    package func run() async {
        await withTaskGroup { group in
            group.addTask { await self.wakeUpCall.run() }
            await withTaskGroup { lanes in
                for _ in 0..<laneCount { lanes.addTask { await self.runLane() } }
                await withTaskCancellationHandler {
                    await lanes.waitForAll()
                } onCancel: {
                    queue.close()
                }
            }
            wakeUpCall.finish()
        }
    }

    /// Takes no more requests; ``run()`` returns when those taken are done.
    package func finish() {
        queue.close()
    }

    private func runLane() async {
        while true {
            await pace()
            guard let group = await queue.next() else { return }
            let results = await committer.store(group.map(\.request))
            queue.finish(group)
            let storedCount = results.reduce(0) { $0 + $1.storedCount }
            if storedCount > 0 {
                onCommit(storedCount)
                wakeUpCall.request()
            }
            for (entry, result) in zip(group, results) { entry.reply.resume(with: result.mapError { $0 }) }
        }
    }
}

extension Result<AppendResult, WriteError> {
    /// How many events there are now that were not there before.
    var storedCount: Int {
        if case .success(let result) = self, !result.isReplay { result.acceptedCount } else { 0 }
    }
}

/// Runs `body` with a writer to `database` that has finished everything when this returns.
package func withBatchWriter<R: Sendable>(
    _ database: LedgerDatabase, pool: PostgresPool, settings: BatchWriter.Settings = .init(), logger: Logger,
    _ body: (BatchWriter) async throws -> R
) async throws -> R {
    let writer = BatchWriter(database: database, pool: pool, settings: settings, logger: logger)
    async let running: Void = writer.run()
    do {
        let result = try await body(writer)
        writer.finish()
        await running
        return result
    } catch {
        writer.finish()
        await running
        throw error
    }
}
