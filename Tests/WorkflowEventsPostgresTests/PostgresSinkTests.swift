import Foundation
import LedgerTestSupport
import LibPQ
import Logging
import MetricsTestKit
import Testing
import WorkflowEvents
import WorkflowEventsPostgres

@Suite("Skills that persist events directly", .timeLimit(.minutes(10)))
struct PostgresSinkTests {
    /// - Parameter spoolAfter: what is in the spool when the scope ends stays there for the next process.
    private func settings(spool: String, spoolAfter: Duration = .zero) -> DurableSink.Settings {
        var settings = DurableSink.Settings()
        settings.maximumDelay = .milliseconds(1)
        settings.spoolAfter = spoolAfter
        settings.spoolDirectory = spool
        return settings
    }

    /// Runs two skills after one another, the second of which fails.
    private func work(_ number: Int) {
        withSkillExecution(runID: "run-\(number)", node: .lyrics) { state in
            state.metrics["lines_generated"] = number
            state.issues.append("short")
        }
        struct Mishap: Error {}
        #expect(throws: Mishap.self) {
            try withSkillExecution(runID: "run-\(number)", node: .style) { _ in throw Mishap() }
        }
    }

    @Test("What the sink counts goes where its emitter's metrics go")
    func metrics() async throws {
        let metrics = TestMetrics()
        try await withTestLedger { ledger in
            let emitter = try Emitter(
                .postgres(ledger.database, spools: false), logger: TestLedger.logger, metricsFactory: metrics,
                flushDeadline: .seconds(30))
            let running = Task { await emitter.run() }
            for event in numberedEvents(7) { emitter.emit(event) }
            running.cancel()
            await running.value
        }
        #expect(try metrics.expectCounter("workflow_events_delivered").totalValue == 7)
    }

    @Test("What skills emit is in the ledger, in order and once, when the scope ends")
    func endToEnd() async throws {
        try await withTestLedger { ledger in
            try await withTemporaryDirectory { spool in
                try await withWorkflowEvents(
                    .postgres(ledger.database, settings: settings(spool: spool, spoolAfter: .seconds(60))),
                    service: "song-api", logger: TestLedger.logger, flushDeadline: .seconds(30)
                ) {
                    for number in 0..<25 { work(number) }
                }
                #expect(files(under: spool) == [])
            }
            let events = try await ledger.withRepository {
                try await $0.events(order: .ascending, limit: 1000).elements
            }
            #expect(events.map(\.position) == Array(1...100))
            #expect(events.map(\.event.runID) == (0..<100).map { "run-\($0 / 4)" })
            #expect(events.map(\.event.phase) == (0..<100).map { [.start, .end, .start, .fail][$0 % 4] })
            #expect(events.allSatisfy { $0.event.service == "song-api" && $0.source == "runledger_writer" })
            try #require(events.count == 100)
            #expect(events[1].event.metrics == ["lines_generated": 0])
            #expect(events[0].event.executionID == events[1].event.executionID)
        }
    }

    @Test("What is emitted while the database is away waits on disk, and is stored in order once it comes")
    func databaseComesLater() async throws {
        try await withTestLedger { ledger in
            let proxy = try CuttingProxy(server: await ledger.serverSocket())
            defer { proxy.stop() }
            let database = ledger.database(as: TestServer.adding("host", proxy.directory, to: ledger.writer))
            try await withTemporaryDirectory { spool in
                try await withWorkflowEvents(
                    .postgres(database, settings: settings(spool: spool)), service: "song-api",
                    logger: TestLedger.logger,
                    flushDeadline: .seconds(30)
                ) {
                    for number in 0..<25 { work(number) }
                    while files(under: spool).isEmpty { await Task.yield() }
                    try proxy.start()
                    try await Emitter.default.record(WorkflowEvent(runID: "last", node: .review, phase: .end))
                }
                #expect(files(under: spool) == [])
            }
            let events = try await ledger.withRepository {
                try await $0.events(order: .ascending, limit: 1000).elements
            }
            #expect(events.map(\.position) == Array(1...101))
            #expect(events.map(\.event.runID) == (0..<100).map { "run-\($0 / 4)" } + ["last"])
        }
    }

    @Test("What a process could not deliver is stored by the next one")
    func nextProcess() async throws {
        try await withTestLedger { ledger in
            let proxy = try CuttingProxy(server: await ledger.serverSocket())
            defer { proxy.stop() }
            let database = ledger.database(as: TestServer.adding("host", proxy.directory, to: ledger.writer))
            try await withTemporaryDirectory { spool in
                let sink = SinkConfiguration.postgres(database, settings: settings(spool: spool))
                try await withWorkflowEvents(sink, logger: TestLedger.logger, flushDeadline: .milliseconds(100)) {
                    for number in 0..<5 { work(number) }
                }
                #expect(files(under: spool) != [])
                try proxy.start()
                try await withWorkflowEvents(sink, logger: TestLedger.logger, flushDeadline: .seconds(30)) {
                    try await Emitter.default.record(WorkflowEvent(runID: "last", node: .review, phase: .end))
                }
                #expect(files(under: spool) == [])
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(21))
        }
    }

    @Test("A COMMIT whose answer is lost stores a sink's batch once", arguments: CuttingProxy.Cut.allCases)
    func lostCommit(cut: CuttingProxy.Cut) async throws {
        try await withTestLedger { ledger in
            try await ledger.withProxy(cuts: [cut, cut]) { proxy, database in
                try await withTemporaryDirectory { spool in
                    try await withWorkflowEvents(
                        .postgres(database, settings: settings(spool: spool)), logger: TestLedger.logger,
                        flushDeadline: .seconds(30)
                    ) {
                        for number in 0..<5 { work(number) }
                        try await Emitter.default.record(WorkflowEvent(runID: "last", node: .review, phase: .end))
                        try await Emitter.default.record(WorkflowEvent(runID: "last", node: .review, phase: .end))
                    }
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(22))
            #expect(try await ledger.value("select sequence()") == Int64(22))
        }
    }
}
