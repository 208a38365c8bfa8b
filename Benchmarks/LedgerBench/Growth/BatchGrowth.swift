import LibPQ
import WorkflowEvents
import WorkflowEventsPostgres

/// What batches of 1 to 10,000 events store, through a batch writer and over HTTP.
struct BatchGrowth {
    let bench: Workbench
    let runledger: String
    let pairs: Int
    let rows: Int

    private static let sizes = [1, 10, 100, 1_000, 10_000]
    private static let connectionCount = 8

    private struct Rates {
        var ours: [Double] = []
        var theirs: [Double] = []
        var http: [Double] = []
        var writers: [Double] = []
    }

    func run() async throws -> Findings {
        var table: [[String]] = []
        for size in Self.sizes {
            let total = min(rows, 100_000, 2_000 * size)
            let loads = WriterLoads(bench: bench, runledger: runledger, batchCount: size) { _ in total }
            var rates = Rates()
            for pair in 0..<pairs {
                rates.theirs.append(try await copy(loads.producers(1, label: "c\(pair)")[0], batchCount: size))
                rates.ours.append(try await loads.write(1, label: "w\(pair)"))
                rates.writers.append(try await loads.write(Self.connectionCount, label: "v\(pair)"))
                rates.http += try await loads.post([Self.connectionCount], label: "h\(pair)")
            }
            table.append([
                grouped(Double(size)), grouped(rates.ours.median), grouped(rates.theirs.median),
                fixed(zip(rates.ours, rates.theirs).map { $0 / $1 }.median), grouped(rates.http.median),
                grouped(rates.writers.median), fixed(zip(rates.http, rates.writers).map { $0 / $1 }.median),
            ])
        }
        return Findings(growth: [
            Table(
                heading: "Storing, by the size of a batch",
                note: """
                    One producer on a batch writer, each batch after the last is stored, beside as many transactions of \
                    one binary `COPY` of prebuilt rows; then NDJSON requests of as many events over \
                    \(Self.connectionCount) connections, beside a batch writer with as many producers. All in events/s.
                    """,
                columns: [
                    "events a batch", "batch writer", "ceiling", "ratio", "HTTP", "its ceiling", "ratio",
                ],
                rows: table)
        ])
    }

    /// A transaction a batch, of nothing but the rows, which are encoded beforehand.
    private func copy(_ events: [WorkflowEvent], batchCount: Int) async throws -> Double {
        let batches = stride(from: 0, to: events.count, by: batchCount).map { start in
            EventCopy.encode(
                [EventBatch(events: Array(events[start..<start + batchCount]))],
                batchIDs: [-Int64.random(in: 1..<1 << 60)])
        }
        try await bench.settle()
        let time = try await bench.withPool { pool in
            try await pool.withConnection { connection in
                try await seconds {
                    for batch in batches { _ = try await connection.copyIn(EventCopy.statement, batch) }
                }
            }
        }
        return Double(events.count) / time
    }
}
