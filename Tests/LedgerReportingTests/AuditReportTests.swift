import LedgerReporting
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Reports for auditors")
struct AuditReportTests {
    /// Midnight of 2025-11-18 and of the day after.
    private static let days = [time(-43_200), time(43_200)]

    private static let complete: [[ReportValue]] = [
        [days[0], "alpha", 8, 1, 1, 8, time(1800), time(1800), 0],
        [days[1], "alpha", 2, 1, 14, 15, time(97_200), time(97_200), 0],
        [days[1], "beta", 5, 1, 9, 13, time(93_600), time(93_600), 0],
    ]

    @Test("`completeness` counts what each source recorded each day, runledger's own events included")
    func completeness() async throws {
        try await withFixedHistory { ledger async throws in
            #expect(try await ledger.rows("completeness") == Self.complete)
            #expect(try await ledger.rows("completeness", ["source": "beta"]) == [Self.complete[2]])
            // By the time of recording, the first inclusive and the other exclusive.
            let window = ["since": "2025-11-19T14:00:00Z", "until": "2025-11-19T15:00:00Z"]
            #expect(try await ledger.rows("completeness", window) == [Self.complete[2]])
            #expect(try await ledger.rows("completeness", ["limit": "1"]) == [Self.complete[0]])
        }
    }

    @Test("`completeness` tells of positions that were skipped and of events that are not there")
    func missing() async throws {
        try await withFixedHistory { ledger async throws in
            try await ledger.store([
                .init(
                    source: "gamma", recordedAt: FixedHistory.time(97_300),
                    events: [FixedHistory.event("r6", .fix, .end, 97_250)])
            ])
            try await ledger.withAdministrator { connection in
                // Positions 20 to 22, of which no event is there.
                try await connection.execute(
                    script: """
                        insert into event_batches
                            (source, recorded_at, event_count, ts_min, ts_max, first_position, sequenced_at)
                        values ('delta', '2025-11-19 15:10Z', 3, '2025-11-19', '2025-11-19', 20, now())
                        """)
            }
            let rows = try await ledger.rows("completeness", ["since": "2025-11-19T15:01:00Z"])
            #expect(
                rows.map { [$0[1], $0[2], $0[8]] } == [["delta", 0, 6], ["gamma", 1, 0]],
                "17 to 19 were skipped, 20 to 22 are missing")
        }
    }

    @Test("`late-events` lists what was recorded long after it happened, latest first")
    func late() async throws {
        try await withFixedHistory { ledger async throws in
            let rows: [[ReportValue]] = [
                [90_000_000, time(3600), time(93_600), "beta", "r3", "LYRICS", "start", 9],
                [89_900_000, time(3700), time(93_600), "beta", "r3", "LYRICS", "fail", 10],
                [3_600_000, time(90_000), time(93_600), "beta", "r3", "LYRICS", "start", 11],
            ]
            #expect(try await ledger.rows("late-events") == rows)
            #expect(try await ledger.rows("late-events", ["later_than": "3601s"]) == Array(rows[..<2]))
            #expect(try await ledger.rows("late-events", ["later_than": "2d"]) == [])
            #expect(try await ledger.rows("late-events", ["node": "PLAN", "later_than": "0s"]).count == 1)
            let window = ["since": "2025-11-18T13:00:01Z", "until": "2025-11-19T13:00:00Z"]
            #expect(try await ledger.rows("late-events", window) == [rows[1]])
        }
    }

    @Test("`sources` tells who wrote what")
    func sources() async throws {
        try await withFixedHistory { ledger async throws in
            let rows: [[ReportValue]] = [
                ["alpha", 9, 3, .texts(["writer"]), time(0), time(97_100), time(1800), time(97_200)],
                ["beta", 5, 2, .texts(["planner"]), time(3600), time(93_000), time(93_600), time(93_600)],
            ]
            #expect(try await ledger.rows("sources") == rows)
            #expect(
                try await ledger.rows("sources", ["node": "STYLE", "until": "2025-11-19T14:00:00Z"]) == [
                    ["alpha", 2, 1, .texts([]), time(120), time(180), time(1800), time(1800)]
                ])
        }
    }

    @Test("Reports can be bounded by when events were recorded, the first time inclusive, the other exclusive")
    func recorded() async throws {
        try await withFixedHistory { ledger async throws in
            let bounds = ReadBounds(
                recordedSince: FixedHistory.time(93_600), recordedUntil: FixedHistory.time(97_200))
            #expect(try await ledger.rows("completeness", [:], bounds) == [Self.complete[2]])
            #expect(try await ledger.firstColumn("run-summary", [:], bounds) == ["r4", "r3"])
            #expect(try await ledger.firstColumn("sources", [:], bounds) == ["beta"])
            #expect(try await ledger.rows("issue-summary", [:], bounds).map { $0[1] } == [1])
            for definition in try ReportCatalogue.builtIn().definitions {
                let rows = try await ledger.report(
                    definition.name, [:], ReadBounds(recordedUntil: FixedHistory.time(1800))
                ).rows
                #expect(rows == [], "\(definition.name)")
            }
        }
    }

    @Test("What is recorded later changes no answer about what was recorded before")
    func repeatable() async throws {
        try await withTestLedger { ledger async throws in
            try await ledger.store(Array(FixedHistory.batches[..<2]))
            func answers(_ bounds: ReadBounds = ReadBounds()) async throws -> [String: String] {
                var answers: [String: String] = [:]
                for definition in try ReportCatalogue.builtIn().definitions {
                    answers[definition.name] = try await ledger.report(definition.name, [:], bounds).rowsSHA256
                }
                return answers
            }
            let before = try await answers()
            let position = try await ledger.report("sources").asOfPosition
            try await ledger.store([FixedHistory.batches[2]])
            let after = try await answers()
            for name in ["completeness", "period-comparison", "run-summary", "sources"] {
                #expect(before[name] != after[name], "\(name)")
            }
            #expect(try await answers(ReadBounds(recordedUntil: FixedHistory.time(97_200))) == before)
            #expect(try await answers(ReadBounds(asOf: .position(position))) == before)
        }
    }
}
