import LedgerReporting
import LedgerTestSupport
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Reports of executions and runs")
struct ExecutionReportTests {
    @Test("`slowest-executions` lists what took longest, ended or failed")
    func slowest() async throws {
        try await withFixedHistory { ledger async throws in
            let rows: [[ReportValue]] = [
                [96_000_000, "r2", "REVIEW", "end", time(97_000), .texts([])],
                [900, "r4", "PLAN", "end", time(93_000), .texts([])],
                [500, "r3", "LYRICS", "end", time(90_100), .texts([])],
                [
                    300, "r2", "LYRICS", "end", time(900),
                    .texts(["Line 7 has 9 syllables", "Line 8 has 11 syllables"]),
                ],
                [200, "r3", "LYRICS", "fail", time(3700), .texts(["Timeout after 31 s"])],
                [100, "r1", "LYRICS", "end", time(60), .texts(["Line 3 has 12 syllables"])],
                [40, "r1", "STYLE", "fail", time(180), .texts(["Timeout after 30.5 s"])],
            ]
            #expect(try await ledger.rows("slowest-executions") == rows)
            let narrowed = ["node": "LYRICS", "since": "2025-11-18T12:15:00Z", "until": "2025-11-19T13:01:40Z"]
            #expect(try await ledger.rows("slowest-executions", narrowed) == Array(rows[3...4]))
            #expect(try await ledger.rows("slowest-executions", ["limit": "2"]) == Array(rows[..<2]))
        }
    }

    @Test("`open-executions` reckons from when the last batch was recorded, or from `until`")
    func open() async throws {
        try await withFixedHistory { ledger async throws in
            func rows(_ texts: [String: String] = [:]) async throws -> [[ReportValue]] {
                try await ledger.rows("open-executions", texts)
            }
            #expect(try await rows() == [])
            #expect(try await rows(["older_than": "1m"]) == [["r5", "STYLE", time(97_100), 100_000, nil]])
            #expect(try await rows(["older_than": "100s"]).count == 1)
            #expect(try await rows(["older_than": "101s"]) == [])
            // The end came later.
            let until = ["until": "2025-11-19T14:23:20Z"]
            #expect(try await rows(until) == [["r2", "REVIEW", time(1000), 94_000_000, "writer"]])
            #expect(try await rows(until.merging(["node": "STYLE"]) { $1 }) == [])
            #expect(try await rows(until.merging(["since": "2025-11-18T12:16:41Z"]) { $1 }) == [])
        }
    }

    @Test("An execution is open where pairing leaves its start over, whatever else its node did")
    func openByPairing() async throws {
        try await withFixedRuns { ledger async throws in
            let texts = ["older_than": "10s", "until": "2025-11-18T12:01:40Z"]
            #expect(
                try await ledger.rows("open-executions", texts) == [
                    ["c", "STYLE", time(52), 48_000, nil],
                    // Of two overlapping ones the first has ended.
                    ["e", "FIX", time(80), 20_000, nil],
                ])
            _ = try await ledger.withRepository { repository in
                try await repository.append([
                    FixedHistory.event("g", .plan, .end, 10), FixedHistory.event("g", .plan, .start, 20),
                    FixedHistory.event("h", .plan, .start, 30), FixedHistory.event("h", .plan, .end, 40),
                    FixedHistory.event("h", .plan, .end, 41), FixedHistory.event("h", .plan, .start, 42),
                    FixedHistory.event("h", .plan, .start, 43), FixedHistory.event("h", .plan, .end, 44),
                ])
            }
            #expect(
                try await ledger.rows("open-executions", ["node": "PLAN", "until": "2025-11-18T15:00:00Z"])
                    .map { [$0[0], $0[2]] } == [["g", time(20)], ["h", time(43)]])
        }
    }

    @Test("`run-summary` tells how runs stand, newest first by first position")
    func runs() async throws {
        try await withFixedHistory { ledger async throws in
            #expect(
                try await ledger.rows("run-summary") == [
                    ["r5", "running", 0, 1, 0, 0, 1, time(97_100), time(97_100)],
                    ["r4", "idle", 1, 1, 0, 0, 1, time(93_000), time(93_000)],
                    ["r3", "idle", 1, 2, 1, 1, 4, time(3600), time(90_100)],
                    ["r2", "completed", 2, 2, 0, 2, 4, time(600), time(97_000)],
                    ["r1", "failed", 1, 2, 1, 2, 4, time(0), time(180)],
                ])
        }
    }

    @Test(
        "`run-summary` narrows as the list of runs does: by any event in the window, by node, by status",
        arguments: [
            (["since": "2025-11-19T13:01:40Z"], ["r5", "r4", "r3", "r2"]),
            (["until": "2025-11-18T12:10:00Z"], ["r1"]),
            (["since": "2025-11-18T12:05:00Z", "until": "2025-11-18T13:00:00Z"], ["r2"]),
            (["node": "STYLE"], ["r5", "r1"]),
            (["node": "runledger.drop"], []),
            (["status": "idle"], ["r4", "r3"]),
            (["status": "idle", "limit": "1"], ["r4"]),
        ] as [([String: String], [String])])
    func narrowed(texts: [String: String], runs: [String]) async throws {
        try await withFixedHistory { ledger async throws in
            #expect(try await ledger.firstColumn("run-summary", texts) == runs.map(ReportValue.text))
        }
    }
}
