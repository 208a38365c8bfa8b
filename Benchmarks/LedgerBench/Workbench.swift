import EventLedger
import Foundation
import LibPQ
import Logging
import WorkflowEvents
import WorkflowEventsPostgres

/// The database that is measured, and the events that are stored in it.
struct Workbench: Sendable {
    let database: LedgerDatabase
    let directory: URL
    let logger: Logger

    /// Events like those of the eight-node workflow: five metrics, every eighth with an issue, 17 to a run.
    func events(_ count: Int, label: String) -> [WorkflowEvent] {
        let nodes = Node.workflowOrder
        let begin = Timestamp.now.microsecondsSince1970 - Int64(count) * 100
        return (0..<count).map { index in
            var event = WorkflowEvent(
                ts: Timestamp(microsecondsSince1970: begin + Int64(index) * 100),
                runID: "\(label)-\(index / 17)",
                node: nodes[index % nodes.count],
                phase: index % 2 == 0 ? .start : .end)
            event.service = "bench"
            event.executionID = UUIDv7.next()
            if event.phase == .end {
                event.durationMS = 100 + index % 900
                event.metrics = [
                    "lines_generated": MetricValue(index % 60), "citations": MetricValue(index % 7),
                    "retrieval_ms": MetricValue(index % 400), "rhyme_density": 0.85, "avg_line_length": 8.5,
                ]
                if index % 8 == 1 { event.issues = ["Low hook density: 0.61 below threshold 0.70"] }
            }
            return event
        }
    }

    func withPool<R: Sendable>(_ body: (PostgresPool) async throws -> R) async throws -> R {
        try await withLedgerPool(database, maximumConnections: 8, logger: logger, body)
    }

    /// Starts every run from the same state of the server: a partition for the present, every event numbered and rolled
    /// up, nothing left to write.
    func settle() async throws {
        try await withPool { pool in
            _ = try await Ledger(pool: pool).sequence()
            let rollup = Rollup(pool: pool)
            // A service may be at it too, and then a pass of ours does nothing.
            while try await rollup.backlog() > 0 { try await rollup.catchUp() }
            try await pool.withConnection { connection in
                try await connection.execute(script: "select ensure_partition(now() - interval '1 minute')")
                try await connection.execute(script: "select ensure_partition(now())")
                try await connection.execute(script: "checkpoint")
            }
        }
    }
}

/// How long `body` takes, in seconds.
func seconds(_ body: () async throws -> Void) async rethrows -> Double {
    let begin = ContinuousClock.now
    try await body()
    return (ContinuousClock.now - begin) / .seconds(1)
}
