import Crypto
import LedgerReporting
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Built-in reports")
struct ReportTests {
    private static func time(_ seconds: Int64) -> ReportValue { .timestamp(FixedRuns.time(seconds)) }

    @Test("`failures` lists the failed executions, newest first, with the last issue as message")
    func failures() async throws {
        try await withFixedRuns { ledger in
            let report = try await ledger.report("failures")
            #expect(
                report.rows == [
                    [Self.time(110), .text("f"), .text("PLAN"), .integer(7), .null, .texts([])],
                    [Self.time(100), .text("e"), .text("FIX"), .integer(20_000), .text("x"), .texts(["x"])],
                    [
                        Self.time(40), .text("b"), .text("LYRICS"), .integer(5000), .text("boom"),
                        .texts(["slow", "boom"]),
                    ],
                ])
            #expect(report.asOfPosition == Int64(FixedRuns.events.count))
            #expect(!report.isTruncated)
        }
    }

    @Test("`failures-by-node` counts failed and finished executions and tells of the latest failure")
    func failuresByNode() async throws {
        try await withFixedRuns { ledger in
            let report = try await ledger.report("failures-by-node")
            #expect(
                report.rows == [
                    [.text("FIX"), .integer(1), .integer(2), .number(0.5), Self.time(100), .text("x")],
                    [.text("LYRICS"), .integer(1), .integer(4), .number(0.25), Self.time(40), .text("boom")],
                    [.text("PLAN"), .integer(1), .integer(2), .number(0.5), Self.time(110), .null],
                    [.text("REVIEW"), .integer(0), .integer(1), .number(0), .null, .null],
                    [.text("STYLE"), .integer(0), .integer(1), .number(0), .null, .null],
                ])
        }
    }

    @Test("`average-duration` tells mean, extremes and exact percentiles of successful executions")
    func averageDuration() async throws {
        try await withFixedRuns { ledger in
            let report = try await ledger.report("average-duration")
            func same(_ node: String, _ duration: Int64) -> [ReportValue] {
                let number = ReportValue.number(Double(duration))
                return [.text(node), .integer(1), number, .integer(duration), .integer(duration)]
                    + [number, number, number, number]
            }
            #expect(
                report.rows == [
                    same("FIX", 15_000), same("PLAN", 2000), same("REVIEW", 900),
                    // Of 100, 200 and 400: the 90th percentile lies four fifths of the way from 200 to 400.
                    [
                        .text("LYRICS"), .integer(3), .number(700.0 / 3), .integer(100), .integer(400), .number(200),
                        .number(360), .number(380), .number(396),
                    ],
                    same("STYLE", 200),
                ])
        }
    }

    @Test("`runs-with-issues` tells each run's distinct issues and how many it raised")
    func runsWithIssues() async throws {
        try await withFixedRuns { ledger in
            let report = try await ledger.report("runs-with-issues")
            #expect(
                report.rows == [
                    [.text("e"), .texts(["x"]), .integer(1), Self.time(100), Self.time(100)],
                    [.text("c"), .texts(["short"]), .integer(2), Self.time(51), Self.time(51)],
                    [.text("b"), .texts(["boom", "slow"]), .integer(2), Self.time(40), Self.time(40)],
                    [.text("a"), .texts(["short"]), .integer(1), Self.time(10), Self.time(10)],
                ])
        }
    }

    @Test("The repository answers the same questions with typed rows")
    func typed() async throws {
        try await withFixedRuns { ledger in
            try await ledger.withRepository { repository in
                let failures = try await repository.failures(ReportFilter(limit: 2))
                #expect(failures.map(\.runID) == ["f", "e"])
                #expect(failures.map(\.message) == [nil, "x"])
                #expect(failures.map(\.ts) == [110, 100].map(FixedRuns.time))
                let byNode = try await repository.failuresByNode(ReportFilter(node: .lyrics))
                #expect(byNode.map(\.rate) == [0.25])
                #expect(byNode.map(\.lastMessage) == ["boom"])
                let durations = try await repository.averageDuration()
                #expect(durations.map(\.node) == [.fix, .plan, .review, .lyrics, .style])
                #expect(durations.map(\.p90MS) == [15_000, 2000, 900, 360, 200])
                let issues = try await repository.runsWithIssues(ReportFilter(until: FixedRuns.time(60)))
                #expect(issues.map(\.issues) == [["short"], ["boom", "slow"], ["short"]])
                #expect(issues.map(\.issueCount) == [2, 2, 1])
            }
        }
    }

    @Test("since is inclusive, until exclusive, and node and limit narrow the answer")
    func parameters() async throws {
        try await withFixedRuns { ledger async throws in
            func runs(_ arguments: [String: ReportValue]) async throws -> [ReportValue] {
                try await ledger.report("failures", arguments).rows.map { $0[1] }
            }
            #expect(try await runs(["since": Self.time(40), "until": Self.time(110)]) == [.text("e"), .text("b")])
            #expect(try await runs(["since": Self.time(41), "until": Self.time(100)]) == [])
            #expect(try await runs(["node": .text("LYRICS")]) == [.text("b")])
            #expect(try await runs(["node": .text("lyrics'; drop table ledger --")]) == [])
            #expect(try await runs(["limit": .integer(1)]) == [.text("f")])
        }
    }

    @Test("The hash of the rows is that of their JSON arrays, a line each, and the same when asked again")
    func hash() async throws {
        try await withFixedRuns { ledger in
            let expected = """
                ["2025-11-18T12:01:50.000000Z","f","PLAN",7,null,[]]
                ["2025-11-18T12:01:40.000000Z","e","FIX",20000,"x",["x"]]
                ["2025-11-18T12:00:40.000000Z","b","LYRICS",5000,"boom",["slow","boom"]]

                """
            let digest = SHA256.hash(data: Array(expected.utf8))
                .map { String($0 / 16, radix: 16) + String($0 % 16, radix: 16) }.joined()
            #expect(try await ledger.report("failures").rowsSHA256 == digest)
            for definition in try ReportCatalogue.builtIn().definitions {
                let first = try await ledger.report(definition.name)
                #expect(try await ledger.report(definition.name).rowsSHA256 == first.rowsSHA256)
            }
        }
    }

    @Test("A report includes what was acknowledged just before, and says as of which position")
    func fresh() async throws {
        try await withFixedRuns { ledger in
            let before = try await ledger.report("failures")
            let event = WorkflowEvent(runID: "new", node: .plan, phase: .fail, issues: ["late"])
            _ = try await ledger.withRepository { try await $0.create(event) }
            let after = try await ledger.report("failures")
            #expect(after.rows.count == before.rows.count + 1)
            #expect(after.rows.first?[1] == .text("new"))
            #expect(after.asOfPosition == before.asOfPosition + 1)
            #expect(after.rowsSHA256 != before.rowsSHA256)
        }
    }

    @Test("As JSON a report carries its question, its position and the hash of its rows")
    func json() async throws {
        try await withFixedRuns { ledger in
            try await ledger.withReaderPool { pool in
                let definition = try ReportDefinition(
                    file: "r.sql",
                    text: """
                        -- title: T
                        -- description: D
                        -- parameter: p text | P.
                        -- column: n number ms
                        select n from (values (1.5), (1e15), (1e300), (-0.0::double precision), (1e-7), (null)) as v (n)
                        where :p is null
                        """)
                let report = try await ReportRunner(pool: pool).run(definition)
                let json = String(decoding: report.json, as: UTF8.self)
                let ledgerID = try await ledger.value("select id::text from ledger", as: String.self)
                #expect(
                    json
                        == #"{"report":"r","title":"T","report_sha256":"\#(definition.sha256)","#
                        + #""version":"\#(Release.version)","parameters":{"p":null},"#
                        + #""ledger_id":"\#(ledgerID)","as_of_position":20,"#
                        + #""generated_at":"\#(report.generatedAt.rfc3339)","#
                        + #""columns":[{"name":"n","type":"number","unit":"ms"}],"#
                        + #""rows":[{"n":1.5},{"n":1000000000000000},{"n":1e+300},{"n":0},{"n":1e-07},{"n":null}],"row_count":6,"#
                        + #""rows_sha256":"\#(report.rowsSHA256)","truncated":false}"#)
            }
        }
    }

    @Test("More rows than the cap are cut off, and the answer says so")
    func truncated() async throws {
        try await withFixedRuns { ledger in
            try await ledger.withReaderPool { pool in
                var runner = ReportRunner(pool: pool)
                let definition = try ReportCatalogue.builtIn().report("failures")
                runner.maximumRowCount = 2
                let cut = try await runner.run(definition)
                #expect(cut.rows.count == 2)
                #expect(cut.isTruncated)
                runner.maximumRowCount = 3
                #expect(try await !runner.run(definition).isTruncated)
            }
        }
    }

    @Test("A wrong argument is refused by name instead of being left out")
    func wrongArguments() async throws {
        try await withFixedRuns { ledger in
            let type = await #expect(throws: ReportError.self) {
                try await ledger.report("failures", ["limit": .text("5")])
            }
            #expect(type?.code == .badArgument)
            #expect(type?.message == "The parameter `limit` of report `failures` must be a whole number, 1 or more.")
            let name = await #expect(throws: ReportError.self) {
                try await ledger.report("failures", ["run": .text("a")])
            }
            #expect(
                name?.message
                    == "The report `failures` has no parameter `run`; there are since, until, node, limit.")
            #expect(throws: ReportError.self) { try ReportCatalogue.builtIn().report("nonsense") }
        }
    }

    @Test("A report that takes too long is ended by the database, and one that fails says why")
    func failing() async throws {
        try await withFixedRuns { ledger in
            try await ledger.withReaderPool { pool in
                var runner = ReportRunner(pool: pool)
                runner.statementTimeout = .milliseconds(50)
                let header = "-- title: T\n-- description: D\n-- column: n integer\n"
                let slow = try ReportDefinition(file: "slow.sql", text: header + "select 1 as n from pg_sleep(60)")
                let late = await #expect(throws: ReportError.self) { try await runner.run(slow) }
                #expect(late?.code == .tookTooLong)
                #expect(late?.message.contains("took longer") == true)
                runner.statementTimeout = .seconds(60)
                for body in ["select 1 as m", "select 'a' as n", "select n from nothing"] {
                    let wrong = try ReportDefinition(file: "wrong.sql", text: header + body)
                    let error = await #expect(throws: ReportError.self) { try await runner.run(wrong) }
                    #expect(error?.code == .failed)
                }
                // The pool is none the worse for it.
                #expect(try await runner.run(ReportCatalogue.builtIn().report("failures")).rows.count == 3)
            }
        }
    }

    @Test("A report sees the ledger as its reader, up to its position, whoever asks")
    func bounded() async throws {
        try await withFixedRuns { ledger in
            try await withLedgerPool(ledger.database(as: ledger.administrator), logger: TestLedger.logger) { pool in
                let definition = try ReportDefinition(
                    file: "who.sql",
                    text: """
                        -- title: T
                        -- description: D
                        -- column: role text
                        -- column: head integer
                        select current_user as role, as_of() as head;
                        """)
                let report = try await ReportRunner(pool: pool).run(definition)
                #expect(report.rows == [[.text("runledger_reader"), .integer(Int64(FixedRuns.events.count))]])
            }
        }
    }
}
