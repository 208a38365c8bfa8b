import LedgerSchema
import LibPQ
import Logging
import Synchronization
import WorkflowEvents

/// Runs transactions of batches to a known end, whatever happens to their connections.
final class TransactionRunner: Sendable {
    let pool: PostgresPool
    private let schema: String
    /// How long a transaction may take before it is aborted.
    let timeout: Duration
    let logger: Logger
    private let partitions = PartitionCache()
    private let ledgerIsChecked = Atomic<Bool>(false)
    /// Transactions whose connection was lost and whose end is not yet known.
    private let unsettled = Mutex<[BatchTransaction.Trace]>([])

    private static let maximumAttemptCount = 4

    init(pool: PostgresPool, schema: String, timeout: Duration, logger: Logger) {
        self.pool = pool
        self.schema = schema
        self.timeout = timeout
        self.logger = logger
    }

    /// Commits `unit` in one transaction.
    ///
    /// When this throws, nothing of them is stored, or the transaction is on the list of those that are settled before
    /// the next one begins.
    func commit(_ unit: CommitUnit) async throws {
        if unit.isEmpty { return }
        let batches = unit.batches
        try await prepare(for: batches)
        var attemptCount = 0
        while true {
            attemptCount += 1
            let transaction = BatchTransaction(unit)
            do {
                return try await run(transaction)
            } catch let error as PostgresError {
                if error.leavesOutcomeOpen, let trace = transaction.trace {
                    if try await settle(trace) { return }
                } else if error.isMissingPartition {
                    partitions.forget()
                    try await prepare(for: batches)
                } else if !error.leavesOutcomeOpen, !(error.sqlState.map(Self.transientStates.contains) ?? false) {
                    throw error
                }
                guard attemptCount < Self.maximumAttemptCount, !Task.isCancelled else { throw error }
                logger.warning("repeating a transaction of batches", metadata: ["reason": "\(error.message)"])
            }
        }
    }

    private static let transientStates: Set<SQLState> = [.deadlockDetected, .serializationFailure]

    private func prepare(for batches: [EventBatch]) async throws {
        for trace in unsettled.withLock({ $0 }) {
            _ = try await settle(trace)
        }
        let checked = ledgerIsChecked.load(ordering: .relaxed)
        let missing = partitions.missing(in: batches)
        guard !checked || !missing.isEmpty else { return }
        let failed = try await pool.withConnection { connection in
            // Making a partition waits for whoever holds the table, such as a maintenance task.
            try await withWatchdog(timeout) {
                if !Task.isCancelled { connection.cancel() }
            } operation: {
                if !checked { try await LedgerContract.check(connection, schema: schema) }
                return try await partitions.ensure(missing, on: connection)
            }
        }
        ledgerIsChecked.store(true, ordering: .relaxed)
        if !failed.isEmpty { throw CommitError.noPartition(failed) }
    }

    private func run(_ transaction: BatchTransaction) async throws {
        try await pool.withConnection { connection in
            try await withWatchdog(timeout) {
                await self.endBlockers(of: connection.backendPID)
                // Without its blocker the transaction may have ended meanwhile, and another have the connection.
                if !Task.isCancelled { connection.abort() }
            } operation: {
                try await transaction.run(on: connection)
            }
        }
    }

    /// Ends and looks up a transaction whose connection was lost: true if it committed.
    private func settle(_ trace: BatchTransaction.Trace) async throws -> Bool {
        do {
            guard let committed = try await pool.withConnection({ try await trace.settle(on: $0) }) else {
                throw WriteError(
                    .unavailable, "The backend of a lost transaction does not end; it will be tried again.")
            }
            unsettled.withLock { $0.removeAll { $0 == trace } }
            logger.info("settled a lost transaction", metadata: ["committed": "\(committed)"])
            return committed
        } catch {
            unsettled.withLock { if !$0.contains(trace) { $0.append(trace) } }
            throw error
        }
    }

    /// Ends frozen sessions of the same role that keep a transaction of ours waiting past its time.
    ///
    /// They are clients that vanished in the middle of a COPY without closing their connection.
    private func endBlockers(of backendPID: Int32) async {
        let ended = try? await pool.withConnection { connection in
            try await connection.execute(
                """
                select pg_terminate_backend(pid) from pg_stat_activity
                where pid = any (pg_blocking_pids(\(backendPID))) and usename = current_user
                  and wait_event = 'ClientRead'
                  -- One that seems to begin later began before the clock was set back.
                  and (xact_start < now() - make_interval(secs => \(timeout / .seconds(1)))
                      or xact_start > clock_timestamp())
                """)
        }
        if let ended, ended > 0 {
            logger.warning("ended sessions that kept a batch waiting", metadata: ["sessions": "\(ended)"])
        }
    }
}

extension PostgresError {
    /// COPY found no partition for a row: the one exception of this class without a constraint's name.
    fileprivate var isMissingPartition: Bool {
        sqlState == .checkViolation && constraintName == nil
    }
}
