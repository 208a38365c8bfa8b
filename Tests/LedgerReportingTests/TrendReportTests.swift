import LedgerReporting
import LedgerTestSupport
import Testing
import WorkflowEvents

@Suite("Reports over time")
struct TrendReportTests {
    /// Midnight of 2025-11-18 and of the day after.
    private static let days = [time(-43_200), time(43_200)]

    @Test("`duration-trend` has a row for every node and day, with a count of 0 where nothing ended")
    func durations() async throws {
        try await withFixedHistory { ledger async throws in
            let days = Self.days
            #expect(
                try await ledger.rows("duration-trend") == [
                    // Of 100 and 300: the 95th percentile lies nineteen twentieths of the way.
                    [days[0], "LYRICS", 2, 200.0, 200.0, 290.0],
                    [days[0], "PLAN", 0, nil, nil, nil],
                    [days[0], "REVIEW", 0, nil, nil, nil],
                    [days[1], "LYRICS", 1, 500.0, 500.0, 500.0],
                    [days[1], "PLAN", 1, 900.0, 900.0, 900.0],
                    [days[1], "REVIEW", 1, 96_000_000.0, 96_000_000.0, 96_000_000.0],
                ])
        }
    }

    @Test("`failure-trend` counts failed and finished executions; without one there is no rate")
    func failures() async throws {
        try await withFixedHistory { ledger async throws in
            let days = Self.days
            #expect(
                try await ledger.rows("failure-trend") == [
                    [days[0], "LYRICS", 1, 3, .number(1.0 / 3)],
                    [days[0], "PLAN", 0, 0, nil],
                    [days[0], "REVIEW", 0, 0, nil],
                    [days[0], "STYLE", 1, 1, 1.0],
                    [days[1], "LYRICS", 0, 1, 0.0],
                    [days[1], "PLAN", 0, 1, 0.0],
                    [days[1], "REVIEW", 0, 1, 0.0],
                    [days[1], "STYLE", 0, 0, nil],
                ])
        }
    }

    @Test("since and until set the first and the last bucket, and cut what is counted in them")
    func edges() async throws {
        try await withFixedHistory { ledger async throws in
            func counts(_ texts: [String: String]) async throws -> [[ReportValue]] {
                try await ledger.rows("duration-trend", texts.merging(["node": "LYRICS"]) { $1 })
                    .map { Array([$0[0], $0[2]]) }
            }
            let hours: [ReportValue] = [time(-3600), time(0), time(3600), time(7200)]
            let window = ["bucket": "hour", "since": "2025-11-18T11:30:00Z", "until": "2025-11-18T14:00:00.000001Z"]
            #expect(try await counts(window) == zip(hours, [0, 2, 0, 0]).map { [$0, $1] })
            let cut = ["bucket": "hour", "since": "2025-11-18T12:01:01Z", "until": "2025-11-18T14:00:00Z"]
            #expect(try await counts(cut) == [[hours[1], 1], [hours[2], 0]])
            // LYRICS and STYLE finish within it.
            #expect(try await ledger.firstColumn("failure-trend", cut) == [hours[1], hours[1], hours[2], hours[2]])
        }
    }

    @Test(
        "Buckets begin with the UTC minute, hour, day, Monday or month",
        arguments: [
            ("minute", 60), ("hour", 0), ("day", -43_200), ("week", -129_600), ("month", -1_512_000),
        ] as [(String, Int64)])
    func units(bucket: String, begin: Int64) async throws {
        try await withFixedHistory { ledger async throws in
            let texts = ["bucket": bucket, "until": "2025-11-18T12:01:30Z"]
            #expect(
                try await ledger.rows("duration-trend", texts) == [[time(begin), "LYRICS", 1, 100.0, 100.0, 100.0]])
            #expect(try await ledger.rows("failure-trend", texts) == [[time(begin), "LYRICS", 0, 1, 0.0]])
        }
    }

    @Test(
        "A window of too many buckets is refused, and says what to do", arguments: ["duration-trend", "failure-trend"])
    func tooManyBuckets(report: String) async throws {
        try await withFixedHistory { ledger async throws in
            let error = await #expect(throws: ReportError.self) {
                try await ledger.rows(report, ["bucket": "minute", "since": "2024-01-01"])
            }
            #expect(error?.code == .badArgument)
            #expect(error?.message.hasSuffix("Choose a longer bucket, or a shorter window.") == true)
        }
    }

    @Test("`period-comparison` sets a window against the equally long one before it")
    func comparison() async throws {
        try await withFixedHistory { ledger async throws in
            let expected: [[ReportValue]] = [
                ["LYRICS", 1, 3, 0, 1, 0.0, .number(1.0 / 3), .number(-1.0 / 3), 500.0, 200.0, 1.5],
                ["PLAN", 1, 0, 0, 0, 0.0, nil, nil, 900.0, nil, nil],
                ["REVIEW", 1, 0, 0, 0, 0.0, nil, nil, 96_000_000.0, nil, nil],
                ["STYLE", 0, 1, 0, 1, nil, 1.0, nil, nil, nil, nil],
            ]
            let window = ["since": "2025-11-19T12:00:00Z", "until": "2025-11-20T12:00:00Z"]
            #expect(try await ledger.rows("period-comparison", window) == expected)
            // Up to when the last batch was recorded.
            #expect(try await ledger.rows("period-comparison") == expected)
            #expect(try await ledger.rows("period-comparison", ["node": "PLAN"]) == [expected[1]])
            // An hour before 12:10 and the hour before that.
            let short = ["since": "2025-11-18T11:10:00Z", "until": "2025-11-18T12:10:00Z"]
            #expect(try await ledger.firstColumn("period-comparison", short) == ["LYRICS", "STYLE"])
        }
    }
}
