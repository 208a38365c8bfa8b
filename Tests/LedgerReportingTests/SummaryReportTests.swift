import LedgerReporting
import LedgerTestSupport
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Reports of issues and metrics")
struct SummaryReportTests {
    @Test("`issue-summary` takes issues together that differ in their numbers alone")
    func issues() async throws {
        try await withFixedHistory { ledger async throws in
            let rows: [[ReportValue]] = [
                ["Line # has # syllables", 3, .texts(["LYRICS"]), 2, time(60), time(900)],
                ["Timeout after # s", 2, .texts(["LYRICS", "STYLE"]), 2, time(180), time(3700)],
            ]
            #expect(try await ledger.rows("issue-summary") == rows)
            #expect(try await ledger.rows("issue-summary", ["limit": "1"]) == [rows[0]])
            let narrowed = ["since": "2025-11-18T12:01:01Z", "until": "2025-11-18T13:01:40Z"]
            #expect(
                try await ledger.rows("issue-summary", narrowed) == [
                    ["Line # has # syllables", 2, .texts(["LYRICS"]), 1, time(900), time(900)],
                    ["Timeout after # s", 1, .texts(["STYLE"]), 1, time(180), time(180)],
                ])
            #expect(try await ledger.firstColumn("issue-summary", ["node": "STYLE"]) == ["Timeout after # s"])
        }
    }

    @Test(
        "A number is a run of digits, with a fraction or groups; the rest of an issue stays",
        arguments: [
            ("took 1,234.50 ms", "took # ms"), ("retry 3 of 10", "retry # of #"), ("HTTP503", "HTTP#"),
            ("0.31 below 0.70.", "# below #."), ("none", "none"), ("1.2.3", "#"), ("-5", "-#"),
        ])
    func masking(issue: String, masked: String) async throws {
        try await withTestLedger { ledger async throws in
            _ = try await ledger.withRepository {
                try await $0.append([FixedHistory.event("r", .fix, .end, 0, 0, issues: [issue])])
            }
            #expect(try await ledger.firstColumn("issue-summary") == [.text(masked)])
        }
    }

    @Test("`metric-summary` sums up every metric by node, or the one that is asked for")
    func metrics() async throws {
        try await withFixedHistory { ledger async throws in
            let rows: [[ReportValue]] = [
                // Of 10, 20 and 30: the 95th percentile lies nine tenths of the way from 20 to 30.
                ["LYRICS", "lines", 3, 20.0, 10.0, 30.0, 29.0],
                ["LYRICS", "rhyme", 1, 0.5, 0.5, 0.5, 0.5],
                ["PLAN", "steps", 1, 4.0, 4.0, 4.0, 4.0],
            ]
            #expect(try await ledger.rows("metric-summary") == rows)
            #expect(try await ledger.rows("metric-summary", ["metric": "lines"]) == [rows[0]])
            #expect(try await ledger.rows("metric-summary", ["metric": "dropped_events"]) == [])
            #expect(try await ledger.rows("metric-summary", ["node": "PLAN"]) == [rows[2]])
            let narrowed = ["metric": "lines", "since": "2025-11-18T12:01:01Z", "until": "2025-11-19T13:01:40Z"]
            #expect(
                try await ledger.rows("metric-summary", narrowed) == [["LYRICS", "lines", 1, 20.0, 20.0, 20.0, 20.0]])
        }
    }

    @Test("Every report answers with no rows where there are no events")
    func empty() async throws {
        try await withTestLedger { ledger async throws in
            for definition in try ReportCatalogue.builtIn().definitions {
                let report = try await ledger.report(definition.name)
                #expect(report.rows == [], "\(definition.name)")
                #expect(report.asOfPosition == 0)
            }
        }
    }
}
