import EventLedger
import Foundation
import LedgerReporting
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Answers at the edges", .timeLimit(.minutes(10)))
struct EdgeTests {
    private static let header = "-- title: T\n-- description: D\n-- column: n text\n"

    @Test("An end that took longer than there have been years is counted, listed and rolled up")
    func hugeDuration() async throws {
        try await withTestLedger { ledger in
            let longest = 1 << 53 - 1
            let event = FixedHistory.event("r", .fix, .end, 0, longest)
            _ = try await ledger.withRepository { try await $0.append([event]) }
            let row: [ReportValue] = [
                "r", "idle", 1, 1, 0, 0, 1, .timestamp(event.ts), .timestamp(event.ts),
            ]
            #expect(try await ledger.rows("run-summary") == [row])
            try await ledger.withReaderPool { pool async throws in
                #expect(try await Rollup(pool: pool).backlog() == 0)
                #expect(try await Rollup(pool: pool).differences() == [])
            }
            let execution = try #require(try await ledger.withRepository { try await $0.executions(runID: "r").first })
            #expect(execution.startedAt.rfc3339 == "0001-01-01T00:00:00.000000Z")
            #expect(execution.durationMS == longest)
        }
    }

    @Test("Runs are listed up to a limit within bounds of recording before anything is rolled up")
    func boundedRuns() async throws {
        try await withTestLedger { ledger in
            let batches = (0..<6).map { number in
                FixedHistory.Batch(
                    source: "s", recordedAt: FixedHistory.time(Int64(number) * 100),
                    events: [FixedHistory.event("r\(number)", .fix, .end, Int64(number), 1)])
            }
            try await ledger.store(batches)
            let bounds = ReadBounds(recordedUntil: FixedHistory.time(300))
            for limit in ["1", "2", "3", "9"] {
                let runs = try await ledger.firstColumn("run-summary", ["limit": limit], bounds)
                #expect(runs == ["r2", "r1", "r0"].prefix(Int(limit)!).map(ReportValue.text), "limit \(limit)")
            }
        }
    }

    @Test("A metric too small for a double counts as zero")
    func tinyMetric() async throws {
        try await withTestLedger { ledger in
            let metrics = try MetricSet(stored: #"{"t":1e-400}"#)
            var event = FixedHistory.event("r", .fix, .end, 0, 1)
            event.metrics = metrics
            _ = try await ledger.withRepository { try await $0.append([event]) }
            let report = try await ledger.report("metric-summary")
            #expect(report.rows == [["FIX", "t", 1, 0.0, 0.0, 0.0, 0.0]])
            #expect(report.percentiles == .exact)
        }
    }

    @Test("An execution that starts at `until` is not open before it")
    func openAtUntil() async throws {
        try await withTestLedger { ledger in
            _ = try await ledger.withRepository {
                try await $0.append([
                    FixedHistory.event("a", .fix, .start, 0), FixedHistory.event("b", .fix, .start, 60),
                ])
            }
            let asked = ["until": "2025-11-18T12:01:00Z", "older_than": "0s"]
            #expect(try await ledger.firstColumn("open-executions", asked) == ["a"])
        }
    }

    @Test("The window that a report chooses is told with its answer, and answers the same when it is given")
    func chosenWindow() async throws {
        try await withFixedHistory { ledger async throws in
            let report = try await ledger.report("period-comparison")
            let arguments = Dictionary(uniqueKeysWithValues: report.arguments)
            #expect(arguments["until"] == time(97_200))
            #expect(arguments["since"] == time(97_200 - 86_400))
            #expect(try await ledger.report("period-comparison", arguments).rows == report.rows)
            let until = FixedHistory.time(93_600)
            let given = try await ledger.report("period-comparison", ["until": .timestamp(until)])
            #expect(Dictionary(uniqueKeysWithValues: given.arguments)["since"] == time(93_600 - 86_400))
        }
    }

    @Test("A window before which there is no equally long one is refused as an argument")
    func endlessWindow() async throws {
        try await withFixedHistory { ledger async throws in
            let error = await #expect(throws: ReportError.self) {
                try await ledger.rows("period-comparison", ["since": "0001-01-01", "until": "9999-12-31"])
            }
            #expect(error?.code == .badArgument)
        }
    }

    @Test("More bytes than the cap are cut off, and the answer says so")
    func largeAnswer() async throws {
        try await withTestLedger { ledger in
            try await ledger.withReaderPool { pool async throws in
                var runner = ReportRunner(pool: pool)
                let definition = try ReportDefinition(
                    file: "r.sql",
                    text: Self.header + "select repeat('x', 1000) as n from generate_series(1, 5) as i order by i")
                runner.maximumByteCount = 3500
                let cut = try await runner.run(definition)
                #expect(cut.rows.count == 3)
                #expect(cut.isTruncated)
                runner.maximumByteCount = 6000
                let whole = try await runner.run(definition)
                #expect(whole.rows.count == 5)
                #expect(!whole.isTruncated)
            }
        }
    }

    @Test(
        "A report that does more than read is refused, however it is written",
        arguments: [
            ("select set_config('role', 'none', true) as n", "set_config"),
            ("select \"query_to_xml\"('select 1', true, false, '')::text as n", "query_to_xml"),
            ("select lo_from_bytea(0, 'x')::text as n", "lo_from_bytea"),
            ("select pg_catalog.pg_advisory_lock(1)::text as n", "pg_advisory_lock"),
            ("select pg_read_file('/etc/hostname') as n", "pg_read_file"),
            ("select node as n from U&\"workflow\\005fevents\"", "U& escapes"),
            ("select name as n from access_tokens", "access_tokens"),
        ])
    func writing(query: String, reason: String) {
        let error = #expect(throws: ReportError.self) {
            try ReportDefinition(file: "r.sql", text: Self.header + query)
        }
        #expect(error?.message.hasPrefix("r.sql:4: ") == true)
        #expect(error?.message.contains(reason) == true, "\(error?.message ?? "no error")")
    }

    @Test("What the database cannot plan is left out with file and line, before anybody asks for it")
    func unplannable() async throws {
        try await withTestLedger { ledger in
            try await ledger.withReaderPool { pool async throws in
                let texts = [
                    "syntax": "\n-- What:\nselect node as n\nfrm events",
                    "column": "select node as n\nfrom events\nwhere nod = 'a'",
                    "missing": "select node as m from events",
                    "good": "select node as n from events, pg_sleep(60)",
                ]
                let loaded = ReportCatalogue.Loaded(
                    catalogue: ReportCatalogue(
                        try texts.map { try ReportDefinition(file: $0 + ".sql", text: Self.header + $1) }),
                    errors: [])
                let checked = try await ReportCatalogue.check(loaded, by: ReportRunner(pool: pool))
                #expect(checked.catalogue.definitions.map(\.name) == ["good"])
                let places = checked.errors.compactMap(\.place).map { "\($0.file):\($0.line)" }
                #expect(places == ["column.sql:6", "missing.sql:4", "syntax.sql:7"])
            }
        }
    }
}
