import Foundation
import WorkflowEventsPostgres

/// What storing events one by one costs PostgreSQL itself: `pgbench`, each client one `INSERT` and commit after the other.
struct PlainInserts {
    let bench: Workbench

    /// - Parameter eventCount: of each client.
    /// - Returns: events a second of all.
    func run(clientCount: Int, eventCount: Int) async throws -> Double {
        let file = bench.directory.appending(path: "insert.sql")
        // A colon before a letter or a digit names a variable; after that of JSON there is a space.
        let statement = """
            \\set batch random(-1000000000000000000, -1)
            insert into \(bench.database.schema).workflow_events
                (run_id, ts, id, node, phase, duration_ms, metrics, issues, service, batch_id, ordinal)
            values ('plain-' || :client_id, now(), gen_random_uuid(), 'LYRICS', 'end', 250, \
            '{"lines_generated": 42, "citations": 5, "retrieval_ms": 231, "rhyme_density": 0.85, "avg_line_length": 8.5}', \
            '{}', 'bench', :batch, 0);
            """
        try statement.write(to: file, atomically: true, encoding: .utf8)
        defer { try? FileManager.default.removeItem(at: file) }
        try await bench.settle()
        let output = try await bench.run(
            "pgbench",
            [
                "--no-vacuum", "--protocol=prepared", "--file=\(file.path())", "--client=\(clientCount)",
                "--jobs=\(min(2, clientCount))", "--transactions=\(eventCount)", bench.database.url,
            ])
        let rate = output.split(separator: "tps = ").last?.split(separator: " ").first.flatMap { Double($0) }
        guard let rate else { throw BenchError("pgbench tells no rate: \(output)") }
        return rate
    }
}
