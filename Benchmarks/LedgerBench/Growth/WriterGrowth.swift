import WorkflowEvents

/// What 1 to 16 writers at once store, in batches of a thousand and event by event, through a batch writer and over HTTP.
struct WriterGrowth {
    let bench: Workbench
    let runledger: String
    let pairs: Int
    let rows: Int

    private static let counts = [1, 2, 4, 8, 16]

    func run() async throws -> Findings {
        Findings(growth: [
            try await table(
                WriterLoads(bench: bench, runledger: runledger, batchCount: 1_000) { _ in min(rows, 96_000) },
                heading: "Storing, by writers at once, 1,000 events a batch",
                note: """
                    Each writer sends its next batch when the last is stored; events/s of all together. The ceiling is as \
                    many binary `psql \\copy`; HTTP is NDJSON, numbered and rolled up by the service meanwhile.
                    """
            ) { try await PlainCopy(bench: bench).run($0) },
            try await table(
                WriterLoads(bench: bench, runledger: runledger, batchCount: 1) { min(rows, 1_000 + 500 * $0) },
                heading: "Storing, by writers at once, one event a batch",
                note: """
                    The same with each event answered after its commit; writers share commits. The ceiling is `pgbench` \
                    with as many clients, each one `INSERT` and commit an event.
                    """
            ) { try await PlainInserts(bench: bench).run(clientCount: $0.count, eventCount: $0[0].count) },
        ])
    }

    private func table(
        _ loads: WriterLoads, heading: String, note: String, ceiling: ([[WorkflowEvent]]) async throws -> Double
    ) async throws -> Table {
        var ours = Self.counts.map { _ in [Double]() }
        var theirs = ours
        var http = ours
        for pair in 0..<pairs {
            for (index, count) in Self.counts.enumerated() {
                theirs[index].append(try await ceiling(loads.producers(count, label: "c\(pair)")))
                ours[index].append(try await loads.write(count, label: "w\(pair)"))
            }
            for (index, rate) in try await loads.post(Self.counts, label: "h\(pair)").enumerated() {
                http[index].append(rate)
            }
        }
        let rows = Self.counts.indices.map { index in
            [
                "\(Self.counts[index])", grouped(ours[index].median), grouped(theirs[index].median),
                fixed(zip(ours[index], theirs[index]).map { $0 / $1 }.median), grouped(http[index].median),
                fixed(zip(http[index], ours[index]).map { $0 / $1 }.median),
            ]
        }
        return Table(
            heading: heading, note: note,
            columns: ["writers", "batch writer", "ceiling", "ratio", "HTTP", "beside the batch writer"], rows: rows)
    }
}
