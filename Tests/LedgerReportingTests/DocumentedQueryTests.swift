import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents

@Suite("The usage guide's queries, word for word, as the reader")
struct DocumentedQueryTests {
    @Test("Failed lyrics generations")
    func failedLyrics() async throws {
        let rows = try await answer(
            """
            -- Find all failed lyrics generations
            SELECT * FROM workflow_events
            WHERE node = 'LYRICS' AND phase = 'fail'
            ORDER BY ts DESC;
            """)
        #expect(
            rows.columns.prefix(8).map(\.name) == [
                "run_id", "ts", "id", "node", "phase", "duration_ms", "metrics", "issues",
            ])
        #expect(try rows.map { try $0.decode(0, as: String.self) } == ["b"])
    }

    @Test("Average duration by node")
    func averageDuration() async throws {
        let rows = try await answer(
            """
            -- Average duration by node
            SELECT node, AVG(duration_ms) as avg_duration
            FROM workflow_events
            WHERE phase = 'end'
            GROUP BY node;
            """)
        let averages = try rows.map { row in
            try "\(row.decode(0, as: String.self)) \(row.decode(1, as: PostgresNumeric.self).text)"
        }
        #expect(averages.count == 5)
        #expect(averages.contains { $0.hasPrefix("LYRICS 233.333") })
        #expect(averages.contains { $0.hasPrefix("FIX 15000") })
    }

    @Test("Runs with issues")
    func runsWithIssues() async throws {
        let rows = try await answer(
            """
            -- Find runs with issues
            SELECT DISTINCT run_id, issues
            FROM workflow_events
            WHERE array_length(issues, 1) > 0;
            """)
        let runs = try rows.map { try $0.decode(0, as: String.self) }
        #expect(Set(runs) == ["a", "b", "c", "e", "runledger:tests"])
        #expect(rows.count == 5)
    }

    private func answer(_ query: PostgresQuery) async throws -> PostgresRows {
        var rows: PostgresRows?
        try await withFixedRuns { ledger in
            var reader = ledger.reader
            // What the role itself searches must do: a person's psql sets nothing.
            reader.searchPath = []
            rows = try await PostgresConnection.withConnection(reader, logger: TestLedger.logger) {
                try await $0.query(query)
            }
        }
        return try #require(rows)
    }
}
