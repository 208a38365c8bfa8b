import LibPQ
import Logging
import WorkflowEvents

/// A ledger database as the destination of a durable sink.
struct PostgresDestination: BatchDestination {
    private let pool: PostgresPool
    private let committer: BatchCommitter
    private let wakeUpCall: WakeUpCall

    init(_ database: LedgerDatabase, logger: Logger) {
        // One batch is in flight at a time; the second connection settles what became of a lost one.
        self.pool = PostgresPool(configuration: database.configuration, maximumConnections: 2, logger: logger)
        self.committer = BatchCommitter(database: database, pool: pool, logger: logger)
        self.wakeUpCall = WakeUpCall(pool: pool, channel: database.wakeUpChannel, logger: logger)
    }

    func deliver(_ events: [WorkflowEvent]) async throws(DestinationError) -> [RefusedEvent] {
        let result = await committer.store([AppendRequest(events)])[0]
        if result.storedCount > 0 { wakeUpCall.request() }
        switch result {
        case .success(let result):
            return result.refused
        case .failure(let error):
            throw DestinationError(error.message)
        }
    }

    func run() async throws {
        await withTaskGroup { group in
            group.addTask { await wakeUpCall.run() }
            group.addTask { try? await pool.run() }
            await group.waitForAll()
        }
        await pool.close()
    }
}
