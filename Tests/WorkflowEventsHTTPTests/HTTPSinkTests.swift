import HTTPTypes
import LedgerServiceTestSupport
import LedgerTestSupport
import LibPQ
import Logging
import MetricsTestKit
import Synchronization
import Testing
import WorkflowEvents
import WorkflowEventsHTTP
import WorkflowEventsPostgres

@Suite("Skills that send events to a service", .timeLimit(.minutes(10)))
struct HTTPSinkTests {
    private func settings(spool: String? = nil, spoolAfter: Duration = .zero) -> DurableSink.Settings {
        var settings = DurableSink.Settings()
        settings.maximumDelay = .milliseconds(1)
        settings.spoolAfter = spoolAfter
        settings.spoolDirectory = spool
        return settings
    }

    @Test("What skills emit is in the ledger, in order and once, when the scope ends")
    func endToEnd() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                try await withTemporaryDirectory { spool in
                    let sink = SinkConfiguration.http(
                        service.url + "/", token: TestService.token,
                        settings: settings(spool: spool, spoolAfter: .seconds(60)))
                    try await withWorkflowEvents(
                        sink, service: "song-api", logger: TestLedger.logger, flushDeadline: .seconds(30)
                    ) {
                        for number in 0..<25 {
                            withSkillExecution(runID: "run-\(number)", node: .lyrics) { state in
                                state.metrics["lines_generated"] = number
                            }
                        }
                    }
                    #expect(files(under: spool) == [])
                }
            }
            let events = try await ledger.withRepository {
                try await $0.events(order: .ascending, limit: 1000).elements
            }
            #expect(events.map(\.position) == Array(1...50))
            #expect(events.map(\.event.runID) == (0..<50).map { "run-\($0 / 2)" })
            #expect(events.allSatisfy { $0.event.service == "song-api" && $0.source == "runledger.admin" })
        }
    }

    @Test("What is emitted while the service is away waits on disk, and is stored in order by the next process")
    func serviceComesLater() async throws {
        try await withTestLedger { ledger in
            try await withTemporaryDirectory { spool in
                let gone = try await StubbornService { _, _ in .init(status: .ok) }.run { $0 }
                let logger = TestLedger.logger
                try await withWorkflowEvents(
                    .http(gone, settings: settings(spool: spool)), logger: logger, flushDeadline: .milliseconds(100)
                ) {
                    for event in numberedEvents(0..<20) { Emitter.default.emit(event) }
                }
                #expect(files(under: spool) != [])
                try await ledger.withService { service in
                    let sink = SinkConfiguration.http(
                        service.url, token: TestService.token, settings: settings(spool: spool))
                    try await withWorkflowEvents(sink, logger: logger, flushDeadline: .seconds(30)) {
                        try await Emitter.default.record(numberedEvents(20..<21)[0])
                    }
                }
                #expect(files(under: spool) == [])
            }
            let numbers = try await ledger.withRepository {
                try await $0.events(order: .ascending, limit: 1000).elements.map(\.event.durationMS)
            }
            #expect(numbers == Array(0...20))
        }
    }

    @Test("An event that the service refuses does not keep the others of its batch")
    func refused() async throws {
        try await withTestLedger { ledger in
            try await ledger.withService { service in
                let events = numberedEvents(0..<10)
                var changed = events[3]
                changed.node = .plan
                #expect(try await service.post([changed]) == 201)
                let sink = SinkConfiguration.http(
                    service.url, token: TestService.token, settings: settings(), spools: false)
                try await withWorkflowEvents(sink, logger: TestLedger.logger, flushDeadline: .seconds(30)) {
                    for event in events { Emitter.default.emit(event) }
                    let error = await #expect(throws: RecordError.self) { try await Emitter.default.record(events[3]) }
                    #expect("\(String(describing: error))".contains("other content"))
                }
            }
            #expect(try await ledger.value("select count(*) from workflow_events") == Int64(10))
        }
    }

    @Test(
        "An answer that may be another one later is tried again until it is",
        arguments: [500, 502, 503, 429, 408, 401, 403, 404, 302, 200])
    func outage(status: Int) async throws {
        let service = StubbornService { number, _ in
            number < 2
                ? .init(status: .init(code: status), headers: [.location: "http://127.0.0.1:1/"])
                : .init(status: .created, body: #"{"accepted":1,"duplicates":0}"#)
        }
        try await service.run { url in
            let sink = SinkConfiguration.http(url, token: "secret", settings: settings(), spools: false)
            try await withWorkflowEvents(sink, logger: TestLedger.logger, flushDeadline: .seconds(30)) {
                try await Emitter.default.record(numberedEvents(0..<1)[0])
            }
        }
        #expect(service.requests.map(\.lines.count) == [1, 1, 1])
        #expect(service.requests.allSatisfy { $0.token == "Bearer secret" })
    }

    @Test("What the sink counts goes where its emitter's metrics go")
    func metrics() async throws {
        let metrics = TestMetrics()
        try await StubbornService { _, _ in .init(status: .created) }.run { url in
            let emitter = try Emitter(
                .http(url, settings: settings(), spools: false), logger: TestLedger.logger, metricsFactory: metrics,
                flushDeadline: .seconds(30))
            let running = Task { await emitter.run() }
            for event in numberedEvents(0..<7) { emitter.emit(event) }
            running.cancel()
            await running.value
        }
        #expect(try metrics.expectCounter("workflow_events_delivered").totalValue == 7)
    }

    @Test("The trace that all events of a request belong to goes with it")
    func trace() async throws {
        let service = StubbornService { _, _ in .init(status: .created) }
        let traceID = "4bf92f3577b34da6a3ce929d0e0e4736"
        try await service.run { url in
            let sink = SinkConfiguration.http(url, settings: settings(), spools: false)
            try await withWorkflowEvents(sink, logger: TestLedger.logger, flushDeadline: .seconds(30)) {
                for (number, ids) in [(traceID, "00f067aa0ba902b7"), (traceID, nil), ("other", "x")].enumerated() {
                    var event = numberedEvents(number..<number + 1)[0]
                    (event.traceID, event.spanID) = ids
                    try await Emitter.default.record(event)
                }
            }
        }
        #expect(service.requests.map(\.traceParent) == ["00-\(traceID)-00f067aa0ba902b7-01", nil, nil])
    }

    @Test("What is too large together goes in halves")
    func halves() async throws {
        let service = StubbornService { _, request in
            .init(status: request.lines.count > 3 ? .contentTooLarge : .created)
        }
        try await service.run { url in
            let sink = SinkConfiguration.http(url, settings: settings(), spools: false)
            try await withWorkflowEvents(sink, logger: TestLedger.logger, flushDeadline: .seconds(30)) {
                for event in numberedEvents(0..<10) { Emitter.default.emit(event) }
            }
        }
        let stored = service.requests.filter { $0.lines.count <= 3 }.flatMap(\.lines)
        #expect(Set(stored).count == 10 && stored.count == 10)
    }

    @Test("The log tells what to do about a token, and never the token")
    func tokenInLog() async throws {
        let records = RecordedLog()
        let service = StubbornService { number, _ in .init(status: number < 1 ? .unauthorized : .created) }
        try await service.run { url in
            let sink = SinkConfiguration.http(url, token: "very-secret", settings: settings(), spools: false)
            try await withWorkflowEvents(
                sink, logger: Logger(label: "t") { _ in records.handler }, flushDeadline: .seconds(30)
            ) {
                try await Emitter.default.record(numberedEvents(0..<1)[0])
            }
        }
        #expect(records.text.contains("RUNLEDGER_TOKEN"))
        #expect(!records.text.contains("very-secret"))
    }

    @Test(
        "A URL that is none of a service is refused at once",
        arguments: ["", "runledger.example.com", "ftp://a", "http://", "https://user:pw@a", "http://a?x=1"])
    func badURL(url: String) async throws {
        await #expect(throws: ServiceAddressError.self) {
            try await withWorkflowEvents(.http(url, spools: false), logger: TestLedger.logger) {}
        }
    }
}

/// What was logged.
final class RecordedLog: Sendable {
    private let lines = Mutex<[String]>([])

    var text: String { lines.withLock { $0.joined(separator: "\n") } }
    var handler: any LogHandler { Handler(log: self) }

    private struct Handler: LogHandler {
        let log: RecordedLog
        var metadata: Logger.Metadata = [:]
        var logLevel = Logger.Level.trace
        var metadataProvider: Logger.MetadataProvider?

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            log.lines.withLock { $0.append("\(event.message) \(event.metadata ?? [:])") }
        }
    }
}
