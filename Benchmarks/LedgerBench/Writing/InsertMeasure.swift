import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// The batch writer beside what an application does by hand: one `INSERT` and commit an event.
struct InsertMeasure {
    let bench: Workbench
    let pairs: Int

    func run() async throws -> [ResultRow] {
        var ours: [Double] = []
        var theirs: [Double] = []
        for pair in 0..<pairs {
            theirs.append(try await insert(pair, count: 3000))
            ours.append(try await write(pair, count: 100_000))
        }
        let ratio = zip(ours, theirs).map { $0 / $1 }.median
        return [
            ResultRow(
                what: "batch writer, one producer of 10,000 at a time", figure: "\(grouped(ours.median)) rows/s",
                ceiling: "\(grouped(theirs.median)) rows/s, one `INSERT` and commit an event", ratio: fixed(ratio, 0),
                goal: "at least 20", isMet: ratio >= 20)
        ]
    }

    private func write(_ pair: Int, count: Int) async throws -> Double {
        let events = bench.events(count, label: "b\(pair)")
        try await bench.settle()
        let time = try await bench.withPool { pool in
            try await withBatchWriter(bench.database, pool: pool, logger: bench.logger) { writer in
                try await seconds {
                    for start in stride(from: 0, to: count, by: 10_000) {
                        _ = try await writer.append(Array(events[start..<min(start + 10_000, count)]))
                    }
                }
            }
        }
        return Double(count) / time
    }

    private func insert(_ pair: Int, count: Int) async throws -> Double {
        let events = bench.events(count, label: "i\(pair)")
        try await bench.settle()
        let time = try await bench.withPool { pool in
            try await pool.withConnection { connection in
                try await seconds {
                    for (index, event) in events.enumerated() {
                        var metrics: [UInt8] = []
                        metrics.append(json: event.metrics)
                        _ = try await connection.execute(
                            """
                            insert into workflow_events (run_id, ts, id, node, phase, duration_ms, metrics, issues,
                                                         service, batch_id, ordinal)
                            values (\(event.runID), \(PostgresTimestamp(event.ts)), \(event.id),
                                    \(event.node.rawValue), \(event.phase.rawValue), \(Int64(event.durationMS)),
                                    \(PostgresJSON(utf8: metrics)), \(event.issues), 'bench', \(-100 - Int64(pair)),
                                    \(Int32(index)))
                            """)
                    }
                }
            }
        }
        return Double(count) / time
    }
}
