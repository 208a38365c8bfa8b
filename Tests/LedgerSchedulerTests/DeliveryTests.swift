import Crypto
import Foundation
import HTTPTypes
import LedgerReporting
import LedgerScheduler
import LedgerSchedules
import LedgerTestSupport
import LibPQ
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Delivering what was made") struct DeliveryTests {
    /// Has a report made at 13:00 for the webhook at `url`.
    private func make(_ stage: Stage, _ url: String) async throws -> Schedule {
        let schedule = try stage.hourly(formats: [.html], deliveries: [try stage.webhook(url)])
        let scheduler = try stage.scheduler([schedule])
        _ = try await scheduler.makeDue()
        stage.clock.advance(by: .seconds(1800))
        _ = try await scheduler.makeDue()
        return schedule
    }

    @Test("A webhook that fails is tried again, by anybody, with the same bytes and key and without a new report")
    func retry() async throws {
        let receiver = WebhookReceiver([
            .init(status: .internalServerError),
            .init(status: .serviceUnavailable, headers: [.retryAfter: "120"]),
        ])
        try await withStage { stage in
            try await receiver.run { url in
                let schedule = try await make(stage, url)
                let made = try #require(try await stage.executions().first)
                #expect(made.state == .made)

                let next = try #require(try await stage.scheduler([schedule]).deliverDue())
                #expect(next > stage.clock.now)
                #expect(next.microsecondsSince1970 - stage.clock.now.microsecondsSince1970 <= 1_000_000)
                #expect(try await stage.executions()[0].deliveries[0].error == "the webhook answered 500")
                #expect(try await stage.scheduler([schedule]).deliverDue() == next)
                #expect(receiver.requests.count == 1)

                // What comes in meanwhile would be in a new report.
                _ = try await stage.ledger.withRepository { try await $0.append(numberedEvents(1..<5)) }
                stage.clock.advance(by: .seconds(1))
                let later = try #require(try await stage.scheduler([schedule]).deliverDue())
                #expect(later == utc("2025-11-18T13:02:01Z"))
                stage.clock.advance(by: .seconds(120))
                #expect(try await stage.scheduler([schedule]).deliverDue() == nil)

                let requests = receiver.requests
                #expect(requests.count == 3)
                #expect(Set(requests.map { $0.header("Idempotency-Key") }).count == 1)
                #expect(Set(requests.map(\.body)).count == 1)
                #expect(Set(requests.map { $0.header("Runledger-Timestamp") }).count == 3)
                let execution = try #require(try await stage.executions().first)
                #expect(execution.attemptCount == 1)
                #expect(execution.asOfPosition == made.asOfPosition)
                #expect(execution.deliveries.map(\.state) == [.delivered])
                #expect(execution.deliveries.map(\.attemptCount) == [3])
                #expect(execution.deliveries[0].idempotencyKey == requests[0].header("Idempotency-Key"))
                #expect(execution.artifacts[0].sha256 == Report.sha256(of: requests[0].body))
                #expect(
                    try await stage.ledger.value("select count(content) from report_artifacts", as: Int64.self) == 0)
            }
        }
    }

    @Test("The receiver can verify the signature, and that it is of now")
    func signature() async throws {
        let receiver = WebhookReceiver()
        try await withStage { stage in
            try await receiver.run { url in
                _ = try await stage.scheduler([try await make(stage, url)]).deliverDue()
                let request = try #require(receiver.requests.first)
                let timestamp = try #require(request.header("Runledger-Timestamp"))
                let signed = Array("\(timestamp).".utf8) + request.body
                let code = HMAC<SHA256>.authenticationCode(
                    for: signed, using: SymmetricKey(data: Array(Stage.secret.utf8)))
                let digits = code.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined()
                #expect(request.header("Runledger-Signature") == "v1=\(digits)")
                #expect(timestamp == String(stage.clock.now.microsecondsSince1970 / 1_000_000))
                #expect(request.header("Runledger-Schedule") == "hourly")
                #expect(request.header("Runledger-Report") == "failures")
                #expect(request.header("Runledger-Slot") == "2025-11-18T13:00:00.000000Z")
                #expect(request.header("Content-Type") == "text/html; charset=utf-8")
            }
        }
    }

    @Test("A delivery that its carrier left behind is made by another when the lease has run out")
    func takeOver() async throws {
        let receiver = WebhookReceiver()
        try await withStage { stage in
            try await receiver.run { url in
                let schedule = try await make(stage, url)
                let key = DeliveryTarget(schedule.deliveries[0], of: schedule.name).sha256
                let claims = try await stage.repository.claimDeliveries(
                    to: [key], of: [schedule.name], at: stage.clock.now, limit: 8)
                #expect(claims.count == 1)
                let lease = try #require(try await stage.scheduler([schedule]).deliverDue())
                #expect(lease == utc("2025-11-18T13:02:00Z"))
                #expect(receiver.requests.isEmpty)
                stage.clock.advance(by: DeliveryClaim.lease)
                #expect(try await stage.scheduler([schedule]).deliverDue() == nil)
                #expect(receiver.requests.count == 1)
                // The first carrier wakes up again.
                try await stage.repository.retry(claims[0], "late", at: stage.clock.now)
                #expect(try await stage.scheduler([schedule]).deliverDue() == nil)
                #expect(receiver.requests.count == 1)
            }
        }
    }

    @Test("A delivery that a shutdown cuts short is given back at once")
    func cutShort() async throws {
        let receiver = WebhookReceiver([.init(status: .ok, isHeld: true)])
        try await withStage { stage in
            try await receiver.run { url in
                let schedule = try await make(stage, url)
                let scheduler = try stage.scheduler([schedule])
                let delivering = Task { try await scheduler.deliverDue() }
                while receiver.requests.isEmpty { await Task.yield() }
                delivering.cancel()
                await #expect(throws: CancellationError.self) { try await delivering.value }
                receiver.letGo()
                #expect(try await stage.executions()[0].deliveries[0].nextAttemptAt == stage.clock.now)
                #expect(try await stage.scheduler([schedule]).deliverDue() == nil)
                #expect(receiver.requests.count == 2)
                #expect(Set(receiver.requests.map { $0.header("Idempotency-Key") }).count == 1)
            }
        }
    }

    @Test("Two schedulers side by side send each delivery once")
    func sideBySide() async throws {
        let receiver = WebhookReceiver()
        try await withStage { stage in
            try await receiver.run { url in
                let schedule = try stage.hourly(
                    formats: [.csv, .json, .html, .markdown, .ndjson, .table],
                    deliveries: [try stage.webhook(url)])
                let scheduler = try stage.scheduler([schedule])
                _ = try await scheduler.makeDue()
                stage.clock.advance(by: .seconds(3 * 3600))
                _ = try await scheduler.makeDue()
                let others = [scheduler, try stage.scheduler([schedule]), try stage.scheduler([schedule])]
                try await withThrowingTaskGroup(of: Void.self) { group in
                    for scheduler in others { group.addTask { _ = try await scheduler.deliverDue() } }
                    try await group.waitForAll()
                }
                #expect(receiver.requests.count == 18)
                #expect(Set(receiver.requests.map { $0.header("Idempotency-Key") }).count == 18)
                #expect(
                    try await stage.ledger.value("select count(content) from report_artifacts", as: Int64.self) == 0)
            }
        }
    }

    @Test("A webhook that refuses is given up, and one that never answers after a day")
    func givenUp() async throws {
        let receiver = WebhookReceiver([.init(status: .gone)])
        try await withStage { stage in
            try await receiver.run { url in
                let schedule = try await make(stage, url)
                #expect(try await stage.scheduler([schedule]).deliverDue() == nil)
                let delivery = try #require(try await stage.executions().first?.deliveries.first)
                #expect(delivery.state == .failed)
                #expect(delivery.error == "the webhook answered 410")
                #expect(stage.outcomes[.deliveryFailed] == 1)
            }
            // Nobody listens there any more.
            let schedule = try stage.hourly("away", deliveries: [try stage.webhook("http://127.0.0.1:1/services/x")])
            let scheduler = try stage.scheduler([schedule])
            _ = try await scheduler.runOnce(schedule, at: utc("2025-11-18T13:00:00Z"))
            var count = 0
            while let next = try await scheduler.deliverDue() {
                count += 1
                stage.clock.advance(
                    by: .microseconds(next.microsecondsSince1970 - stage.clock.now.microsecondsSince1970))
            }
            let delivery = try #require(try await stage.executions().last?.deliveries.first)
            #expect(count > 90)
            #expect(delivery.state == .failed)
            #expect(delivery.error?.contains("for too long") == true)
        }
    }

    @Test("A file that is there already is not overwritten")
    func directory() async throws {
        try await withStage { stage in
            let path = "\(stage.directory)/hourly/20251118T130000Z-failures.csv"
            try FileManager.default.createDirectory(
                atPath: "\(stage.directory)/hourly", withIntermediateDirectories: true)
            try Data("mine".utf8).write(to: URL(filePath: path))
            let scheduler = try stage.scheduler([try stage.hourly()])
            _ = try await scheduler.makeDue()
            stage.clock.advance(by: .seconds(1800))
            _ = try await scheduler.makeDue()
            #expect(try await scheduler.deliverDue() == nil)
            #expect(try String(contentsOfFile: path, encoding: .utf8) == "mine")
            let delivery = try #require(try await stage.executions().first?.deliveries.first)
            #expect(delivery.state == .failed)
            #expect(delivery.error?.contains("nothing is overwritten") == true)
        }
    }

    @Test("No secret is stored: not the key of the signature, and not what may be one in a webhook's URL")
    func secrets() async throws {
        let receiver = WebhookReceiver([.init(status: .badGateway)])
        try await withStage { stage in
            try await receiver.run { url in
                _ = try await stage.scheduler([try await make(stage, url)]).deliverDue()
                let stored: String = try await stage.ledger.value(
                    """
                    select concat_ws(' ',
                        (select string_agg(t::text, ' ') from report_schedules t),
                        (select string_agg(t::text, ' ') from report_executions t),
                        (select string_agg(concat_ws(' ', execution_id, format, convert_from(content, 'UTF8')), ' ')
                         from report_artifacts t),
                        (select string_agg(t::text, ' ') from report_deliveries t))
                    """)
                #expect(stored.contains("http://127.0.0.1:"))
                #expect(stored.contains("the webhook answered 502"))
                for secret in [Stage.secret, WebhookReceiver.pathSecret, WebhookReceiver.querySecret] {
                    #expect(!stored.contains(secret))
                }
            }
        }
    }

    @Test("A secret that is missing is waited for")
    func missingSecret() async throws {
        let receiver = WebhookReceiver()
        try await withStage { stage in
            try await receiver.run { url in
                let file = "\(stage.directory)/secret"
                let webhook = Delivery.webhook(url: try #require(URL(string: url)), secret: .file(file))
                let schedule = try stage.hourly(deliveries: [webhook])
                let scheduler = try stage.scheduler([schedule])
                let executions = try await scheduler.runOnce(schedule, at: utc("2025-11-18T12:00:00Z"))
                #expect(executions[0].deliveries[0].state == .pending)
                #expect(executions[0].deliveries[0].error?.contains("cannot be read") == true)
                try Data("it is here\n".utf8).write(to: URL(filePath: file))
                stage.clock.advance(by: .seconds(1))
                #expect(try await scheduler.deliverDue() == nil)
                #expect(receiver.requests.count == 1)
            }
        }
    }

    @Test("What no file of schedules names for a day is given up")
    func forgotten() async throws {
        try await withStage { stage in
            let schedule = try await make(stage, "http://127.0.0.1:1/services/x")
            let changed = try stage.hourly()
            #expect(try await stage.scheduler([changed]).deliverDue() == nil)
            #expect(try await stage.executions()[0].deliveries.map(\.state) == [.pending])
            #expect(schedule.deliveries != changed.deliveries)
            stage.clock.advance(by: .seconds(25 * 3600))
            #expect(try await stage.scheduler([changed]).deliverDue() == nil)
            #expect(try await stage.executions()[0].deliveries.map(\.state) == [.failed])
        }
    }
}
