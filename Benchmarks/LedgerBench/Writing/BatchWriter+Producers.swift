import EventLedger
import WorkflowEvents
import WorkflowEventsPostgres

extension BatchWriter {
    /// Appends the events of each of `producers`, all producers at once, each its next `batchCount` events after the
    /// last are stored.
    func append(_ producers: [[WorkflowEvent]], batchCount: Int) async throws {
        try await withThrowingTaskGroup { group in
            for events in producers {
                group.addTask {
                    for start in stride(from: 0, to: events.count, by: batchCount) {
                        _ = try await self.append(Array(events[start..<min(start + batchCount, events.count)]))
                    }
                }
            }
            try await group.waitForAll()
        }
    }
}

extension Workbench {
    /// Has `producers` append to a batch writer until every event has its position.
    ///
    /// - Returns: events a second.
    func write(_ producers: [[WorkflowEvent]], batchCount: Int) async throws -> Double {
        try await settle()
        let time = try await withPool { pool in
            try await withBatchWriter(database, pool: pool, logger: logger) { writer in
                try await seconds {
                    try await writer.append(producers, batchCount: batchCount)
                    _ = try await Ledger(pool: pool).sequence()
                }
            }
        }
        return Double(producers.reduce(0) { $0 + $1.count }) / time
    }
}
