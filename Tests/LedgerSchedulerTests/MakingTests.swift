import Foundation
import LedgerReporting
import LedgerScheduler
import LedgerSchedules
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Making what is due") struct MakingTests {
    @Test("Two schedulers side by side make each report of each slot once")
    func once() async throws {
        try await withStage { stage in
            let schedule = try stage.hourly(reports: ["failures", "failures-by-node"])
            let schedulers = [try stage.scheduler([schedule]), try stage.scheduler([schedule])]
            for scheduler in schedulers { #expect(try await scheduler.makeDue() == utc("2025-11-18T13:00:00Z")) }
            stage.clock.advance(by: .seconds(5 * 3600))
            try await withThrowingTaskGroup(of: Void.self) { group in
                for scheduler in schedulers {
                    group.addTask {
                        _ = try await scheduler.makeDue()
                        _ = try await scheduler.deliverDue()
                    }
                }
                try await group.waitForAll()
            }
            let executions = try await stage.executions()
            let slots = (13...17).map { utc("2025-11-18T\($0):00:00Z") }
            #expect(executions.map(\.slot) == slots.flatMap { [$0, $0] })
            #expect(executions.map(\.report) == slots.flatMap { _ in ["failures", "failures-by-node"] })
            #expect(executions.allSatisfy { $0.state == .made && $0.attemptCount == 1 })
            // What one made after the other had looked is delivered by the next who looks.
            _ = try await schedulers[0].deliverDue()
            let deliveries = try await stage.executions().flatMap(\.deliveries)
            #expect(deliveries.map(\.state) == Array(repeating: .delivered, count: 10))
            #expect(deliveries.allSatisfy { $0.attemptCount == 1 })
            #expect(stage.files.count == 10)
        }
    }

    @Test("A relative time is reckoned back from the slot, however late the report is made")
    func relativeTime() async throws {
        try await withStage { stage in
            var schedule = try stage.hourly()
            schedule.window = .all
            schedule.parameters = ["since": "30m"]
            let scheduler = try stage.scheduler([schedule])
            _ = try await scheduler.makeDue()
            stage.clock.advance(by: .seconds(2400))
            _ = try await scheduler.makeDue()
            let parameters = try await stage.executions().first?.parametersJSON
            #expect(parameters?.contains(#""since": "2025-11-18T12:30:00.000000Z""#) == true)
        }
    }

    @Test("A report is asked about its slot's window, and its execution says what was made")
    func content() async throws {
        try await withStage { stage in
            var schedule = try stage.hourly(formats: [.json, .csv])
            schedule.parameters = ["node": "LYRICS"]
            let scheduler = try stage.scheduler([schedule])
            _ = try await scheduler.makeDue()
            stage.clock.advance(by: .seconds(1800))
            _ = try await scheduler.makeDue()
            _ = try await scheduler.deliverDue()
            let execution = try #require(try await stage.executions().first)
            let json = try String(
                contentsOfFile: "\(stage.directory)/hourly/20251118T130000Z-failures.json", encoding: .utf8)
            let csv = try String(
                contentsOfFile: "\(stage.directory)/hourly/20251118T130000Z-failures.csv", encoding: .utf8)
            struct Answer: Decodable {
                var parameters: [String: String?]
                var row_count: Int
                var rows_sha256: String
                var as_of_position: Int64
            }
            let answer = try JSONDecoder().decode(Answer.self, from: Data(json.utf8))
            #expect(answer.parameters["since"] == "2025-11-18T12:00:00.000000Z")
            #expect(answer.parameters["until"] == "2025-11-18T13:00:00.000000Z")
            #expect(answer.parameters["node"] == "LYRICS")
            #expect(answer.row_count == 1)
            #expect(csv.contains("b,LYRICS"))
            #expect(execution.rowCount == 1)
            #expect(execution.rowsSHA256 == answer.rows_sha256)
            #expect(execution.asOfPosition == answer.as_of_position)
            #expect(execution.isTruncated == false)
            #expect(execution.artifacts.map(\.format) == ["csv", "json"])
            #expect(execution.artifacts.map(\.sha256) == [csv, json].map { Report.sha256(of: Array($0.utf8)) })
            #expect(execution.finishedAt == utc("2025-11-18T13:00:00Z"))
            let parameters = try #require(execution.parametersJSON)
            #expect(parameters.contains(#""until": "2025-11-18T13:00:00.000000Z""#))
        }
    }

    @Test("What somebody who died was at is taken over when the lease has run out, and given up after five deaths")
    func takeOver() async throws {
        try await withStage { stage in
            let schedule = try stage.hourly()
            let scheduler = try stage.scheduler([schedule])
            _ = try await scheduler.makeDue()
            stage.clock.advance(by: .seconds(1800))
            let slots = [utc("2025-11-18T13:00:00Z")]
            try await stage.repository.enlist("hourly", ["failures"], slots, at: stage.clock.now)
            let dead = try #require(try await stage.repository.claimExecution(of: "hourly", at: stage.clock.now))
            #expect(try await stage.repository.claimExecution(of: "hourly", at: stage.clock.now) == nil)
            #expect(try await scheduler.makeDue() == utc("2025-11-18T13:05:00Z"))
            #expect(try await stage.executions().map(\.state) == [.making])

            stage.clock.advance(by: ExecutionClaim.lease)
            _ = try await scheduler.makeDue()
            let execution = try #require(try await stage.executions().first)
            #expect(execution.state == .made)
            #expect(execution.attemptCount == 2)
            #expect(try await stage.repository.extend(dead, at: stage.clock.now) == false)
            try await stage.repository.fail(dead, "too late", retryAt: nil, at: stage.clock.now)
            #expect(try await stage.executions() == [execution])

            try await stage.repository.enlist(
                "hourly", ["failures"], [utc("2025-11-18T13:01:00Z")], at: stage.clock.now)
            for attempt in 1...ExecutionClaim.maximumAttemptCount {
                let claim = try await stage.repository.claimExecution(of: "hourly", at: stage.clock.now)
                #expect(claim?.attempt == attempt)
                stage.clock.advance(by: ExecutionClaim.lease)
            }
            _ = try await scheduler.makeDue()
            let last = try #require(try await stage.executions().last)
            #expect(last.state == .failed)
            #expect(last.error?.contains("stopped in the middle") == true)
            #expect(stage.outcomes == [.reportMade: 1, .reportFailed: 1])
        }
    }

    @Test(
        "Slots that passed while nothing ran are all made, or the newest, or none",
        arguments: [(CatchUp.all, ["13", "14", "15"]), (.latest, ["15"]), (.none, [])])
    func catchUp(way: CatchUp, hours: [String]) async throws {
        try await withStage { stage in
            let schedule = try stage.hourly(catchUp: way)
            _ = try await stage.scheduler([schedule]).makeDue()
            stage.clock.advance(by: .seconds(3 * 3600))
            _ = try await stage.scheduler([schedule]).makeDue()
            #expect(try await stage.executions().map(\.slot) == hours.map { utc("2025-11-18T\($0):00:00Z") })
            // At 16:00:30 a slot is made in any case.
            stage.clock.advance(by: .seconds(1830))
            _ = try await stage.scheduler([schedule]).makeDue()
            #expect(try await stage.executions().last?.slot == utc("2025-11-18T16:00:00Z"))
        }
    }

    @Test("A report that fails is tried five times and does not stop the others")
    func broken() async throws {
        try await withStage { stage in
            let broken = try stage.hourly("a-broken", reports: ["broken", "failures"])
            let unknown = try stage.hourly("b-unknown", reports: ["no-such-report"])
            let scheduler = try stage.scheduler([broken, unknown, try stage.hourly("c-good")])
            _ = try await scheduler.makeDue()
            stage.clock.advance(by: .seconds(1800))
            #expect(try await scheduler.makeDue() == utc("2025-11-18T13:01:00Z"))
            var states = Dictionary(
                uniqueKeysWithValues: try await stage.executions().map { ("\($0.schedule)/\($0.report)", $0.state) })
            #expect(
                states == [
                    "a-broken/broken": .making, "a-broken/failures": .made, "b-unknown/no-such-report": .making,
                    "c-good/failures": .made,
                ])
            for _ in 1...5 {
                stage.clock.advance(by: .seconds(480))
                _ = try await scheduler.makeDue()
            }
            let executions = try await stage.executions().filter { $0.slot == utc("2025-11-18T13:00:00Z") }
            states = Dictionary(uniqueKeysWithValues: executions.map { ("\($0.schedule)/\($0.report)", $0.state) })
            #expect(states["a-broken/broken"] == .failed)
            #expect(states["b-unknown/no-such-report"] == .failed)
            let failed = executions.filter { $0.state == .failed }
            #expect(failed.map(\.attemptCount) == [5, 5])
            #expect(failed[0].error?.contains("division by zero") == true)
            #expect(failed[1].error?.contains("There is no report `no-such-report`") == true)
            let made = try await stage.executions().filter { $0.state == .made }
            #expect(stage.outcomes == [.reportMade: made.count, .reportFailed: failed.count])
        }
    }

    @Test("What comes due while another schedule catches up does not wait for the end of that")
    func backlog() async throws {
        try await withStage { stage in
            let hourly = try stage.hourly()
            var evening = try stage.hourly("evening")
            evening.cron = try CronExpression("0 18 * * *")
            _ = try await stage.scheduler([hourly, evening]).makeDue()
            stage.clock.advance(by: .seconds(5 * 3600 + 28 * 60))
            // Every look at the clock takes a minute.
            var ticking = stage.clock.sinkClock
            ticking.timestamp = {
                stage.clock.advance(by: .seconds(60))
                return stage.clock.now
            }
            _ = try await stage.scheduler([hourly, evening], clock: ticking).makeDue()
            let made = try await stage.executions().filter { $0.state == .made }
            let byTime = made.sorted { ($0.finishedAt ?? $0.slot) < ($1.finishedAt ?? $1.slot) }
            #expect(byTime.count == 7)
            #expect(byTime[0].schedule == "hourly")
            #expect(byTime[1...2].contains { $0.schedule == "evening" })
        }
    }

    @Test("With nothing due, nothing is written")
    func idle() async throws {
        try await withStage { stage in
            let schedule = try stage.hourly()
            let scheduler = try stage.scheduler([schedule])
            _ = try await scheduler.makeDue()
            stage.clock.advance(by: .seconds(1800))
            _ = try await scheduler.makeDue()
            _ = try await scheduler.deliverDue()
            #expect(try await stage.executions().first?.deliveries.first?.state == .delivered)

            try await stage.ledger.withAdministrator { connection in
                let name = try await connection.query("select current_database()")[0].decode(String.self)
                try await connection.execute(
                    "alter database \(identifier: name) set default_transaction_read_only = on")
            }
            try await withLedgerPool(stage.ledger.database, logger: TestLedger.logger) { pool in
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await ExecutionRepository(pool: pool).lastSlots(of: ["another"], at: stage.clock.now)
                }
                #expect(error?.sqlState == .readOnlySQLTransaction)
                let idle = try stage.scheduler([schedule], pool: pool)
                for _ in 1...10 {
                    stage.clock.advance(by: .seconds(300))
                    #expect(try await idle.makeDue() == utc("2025-11-18T14:00:00Z"))
                    #expect(try await idle.deliverDue() == nil)
                }
            }
        }
    }

    @Test("A running scheduler makes and delivers what comes due, and ends when it is cancelled")
    func running() async throws {
        try await withStage { stage in
            let scheduler = try stage.scheduler([try stage.hourly()])
            let running = Task { await scheduler.run() }
            try await stage.ledger.wait(until: "select exists (select from report_schedules)")
            let pending: PostgresQuery = "select count(*) from report_deliveries where state = 'delivered'"
            for slot in 1...3 {
                stage.clock.advance(by: .seconds(3600))
                while try await stage.ledger.value(pending, as: Int64.self) < slot {
                    stage.clock.advance(by: .seconds(1))
                }
            }
            #expect(try await stage.executions().map(\.slot) == (13...15).map { utc("2025-11-18T\($0):00:00Z") })
            #expect(stage.files.count == 3)
            running.cancel()
            await running.value
        }
    }

    @Test("One run makes a slot now, not twice, and begins again what failed")
    func runOnce() async throws {
        try await withStage { stage in
            let schedule = try stage.hourly(reports: ["failures", "broken"])
            let slot = utc("2025-11-18T12:10:00Z")
            let scheduler = try stage.scheduler([schedule])
            let first = try await scheduler.runOnce(schedule, at: slot)
            #expect(first.map(\.report) == ["failures", "broken"])
            #expect(first.map(\.state) == [.made, .failed])
            #expect(first.map(\.attemptCount) == [1, 1])
            #expect(first[0].deliveries.map(\.state) == [.delivered])
            let second = try await scheduler.runOnce(schedule, at: slot)
            #expect(second[0] == first[0])
            #expect(second[1].state == .failed)
            #expect(second[1].attemptCount == 2)
            #expect(stage.files == ["hourly/20251118T121000Z-failures.csv"])
        }
    }

    @Test("Executions are listed newest first, page by page, by schedule, report and state")
    func listing() async throws {
        try await withStage { stage in
            let schedules = [try stage.hourly("one", reports: ["failures", "sources"]), try stage.hourly("two")]
            let scheduler = try stage.scheduler(schedules)
            for schedule in schedules {
                _ = try await scheduler.runOnce(schedule, at: utc("2025-11-18T12:00:00Z"))
                _ = try await scheduler.runOnce(schedule, at: utc("2025-11-18T12:01:00Z"))
            }
            let all = try await stage.executions().map(\.id).reversed()
            #expect(all.count == 6)
            var pages: [[Int64]] = []
            var cursor: Int64?
            repeat {
                let page = try await stage.repository.executions(limit: 4, after: cursor)
                pages.append(page.elements.map(\.id))
                cursor = page.nextCursor
            } while cursor != nil
            #expect(pages == [Array(all.prefix(4)), Array(all.suffix(2))])
            func count(_ filter: ReportExecutionFilter) async throws -> Int {
                try await stage.repository.executions(filter).elements.count
            }
            #expect(try await count(.init(schedule: "one")) == 4)
            #expect(try await count(.init(report: "sources")) == 2)
            #expect(try await count(.init(state: .failed)) == 0)
            #expect(try await count(.init(schedule: "two", state: .made, slot: utc("2025-11-18T12:01:00Z"))) == 1)
        }
    }

    @Test("The reader sees what was made and delivered, but not the contents, and changes nothing")
    func reader() async throws {
        try await withStage { stage in
            let schedule = try stage.hourly()
            _ = try await stage.scheduler([schedule]).runOnce(schedule, at: utc("2025-11-18T12:00:00Z"))
            try await PostgresConnection.withConnection(stage.ledger.reader, logger: TestLedger.logger) { connection in
                for table in ["report_schedules", "report_executions", "report_deliveries"] {
                    _ = try await connection.query("select * from \(identifier: table)")
                    await #expect(throws: PostgresError.self) {
                        try await connection.execute("delete from \(identifier: table)")
                    }
                }
                _ = try await connection.query("select execution_id, format, sha256, bytes from report_artifacts")
                let error = await #expect(throws: PostgresError.self) {
                    _ = try await connection.query("select content from report_artifacts")
                }
                #expect(error?.sqlState == .insufficientPrivilege)
            }
        }
    }
}
