import Foundation
import LedgerReporting
import LedgerScheduler
import LedgerSchedules
import LedgerServiceTestSupport
import LedgerTestSupport
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("What was made on schedule, over HTTP", .timeLimit(.minutes(10)))
struct ReportExecutionTests {
    /// Has `report` made for so many minutes of 2025-11-18, from 12:00 on, and delivered into `directory`.
    private func make(_ report: String, _ count: Int, in directory: String, of ledger: TestLedger) async throws {
        let schedule = Schedule(
            name: "minutely-\(report)", reports: [report], cron: try CronExpression("* * * * *"), formats: [.csv],
            deliveries: [.directory(path: directory, template: try FileNameTemplate("{report}-{slot}.csv"))])
        try await withLedgerPool(ledger.database, logger: TestLedger.logger) { pool in
            let scheduler = ReportScheduler(
                [schedule], catalogue: try .builtIn(), pool: pool, logger: TestLedger.logger)
            for minute in 0..<count {
                _ = try await scheduler.runOnce(schedule, at: FixedRuns.time(Int64(minute) * 60))
            }
        }
    }

    private func page(_ service: TestService, _ query: String) async throws -> (items: [[String: Any]], next: String?) {
        let answer = try await service.get("/v1/report-executions\(query)")
        #expect(answer.status == 200)
        let page = try #require(try JSONSerialization.jsonObject(with: Data(answer.body.utf8)) as? [String: Any])
        return (try #require(page["report_executions"] as? [[String: Any]]), page["next_cursor"] as? String)
    }

    @Test("They are looked up over the connections of queries, which slow ones may use up")
    func connections() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                _ = try await page(service, "")
                let metrics = try await service.get("/metrics").body.split(separator: "\n")
                #expect(metrics.contains("runledger_database_connects_total{pool=\"queries\"} 1"))
            }
        }
    }

    @Test("Executions come newest first and page by page, each as it is described")
    func list() async throws {
        try await withTestLedger { ledger in
            try await withTemporaryDirectory { directory in
                try await make("failures", 3, in: directory, of: ledger)
                try await make("no-such-report", 1, in: directory, of: ledger)
                try await ledger.withService { service in
                    let first = try await page(service, "?limit=3")
                    let second = try await page(service, "?limit=3&cursor=\(first.next ?? "")")
                    let all = first.items + second.items
                    #expect(all.count == 4)
                    #expect(second.next == nil)
                    let ids = all.compactMap { $0["id"] as? Int }
                    #expect(ids == ids.sorted(by: >))
                    #expect(all.map { $0["state"] as? String } == ["failed", "made", "made", "made"])
                    #expect((all[0]["error"] as? String)?.hasPrefix("There is no report") == true)
                    let delivery = try #require((all[1]["deliveries"] as? [[String: Any]])?.first)
                    #expect(delivery["state"] as? String == "delivered")
                    #expect(delivery["target"] as? String == directory)

                    let filtered = try await page(service, "?schedule=minutely-failures&slot=2025-11-18T12:01:00Z")
                    #expect(filtered.items.count == 1)
                    #expect(try await page(service, "?state=failed&report=failures").items.isEmpty)

                    let text = try await service.get("/openapi.json").body
                    let document = try #require(
                        try JSONSerialization.jsonObject(with: Data(text.utf8)) as? [String: Any])
                    for item in all {
                        let violations = JSONSchema(document: document).violations(
                            of: item, under: ["$ref": "#/components/schemas/ReportExecution"])
                        #expect(violations == [])
                    }
                }
            }
        }
    }
}
