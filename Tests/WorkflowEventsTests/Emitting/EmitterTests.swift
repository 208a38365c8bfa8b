import Logging
import MetricsTestKit
import Testing
import WorkflowEventsTesting

@testable import WorkflowEvents

@Suite("Emitter")
struct EmitterTests {
    @Test("Every sink gets every event, in order, with the emitter's service")
    func fanOut() {
        let (first, second) = (RecordingSink(), RecordingSink())
        let emitter = Emitter(sinks: [first, second], service: "lyrics-api")
        let start = WorkflowEvent.start(.plan)
        var end = WorkflowEvent.end(.plan)
        end.service = "planner"
        emitter.emit(start)
        emitter.emit(end)
        #expect(first.events == second.events)
        #expect(first.events.map(\.id) == [start.id, end.id])
        #expect(first.events.map(\.service) == ["lyrics-api", "planner"])
    }

    @Test("The service is named after OTEL_SERVICE_NAME, else after the process")
    func serviceName() {
        #expect(ServiceName.name(environment: ["OTEL_SERVICE_NAME": "lyrics-api"], processName: "a") == "lyrics-api")
        #expect(ServiceName.name(environment: ["OTEL_SERVICE_NAME": ""], processName: "a") == "a")
        #expect(ServiceName.name(environment: [:], processName: "a") == "a")
        #expect(!Emitter(sinks: []).service.isEmpty)
    }

    @Test("An event that is merely too much is made to fit")
    func fitted() throws {
        let sink = RecordingSink()
        let emitter = Emitter(sinks: [sink])
        emitter.emit(.end(.lyrics, issues: [String(repeating: "é", count: 10_000), "nul\u{0}nul"]))
        let issues = try #require(sink.events.first?.issues)
        #expect(issues.count == 2)
        #expect(issues[0].utf8.count <= 8192)
        #expect(issues[0].hasPrefix("éééé"))
        #expect(issues[1] == "nul\u{FFFD}nul")
    }

    @Test("A wrong event reaches no sink, is counted and is logged once with what is wrong")
    func refused() throws {
        let (first, second) = (RecordingSink(), RecordingSink())
        let capture = LogCapture()
        let metrics = TestMetrics()
        let emitter = Emitter(sinks: [first, second], logger: capture.logger(), metricsFactory: metrics)
        emitter.emit(.start(.plan, runID: "two\nlines"))
        emitter.emit(.end(.plan, durationMS: -1))
        #expect(first.events.isEmpty)
        #expect(second.events.isEmpty)
        #expect(try metrics.expectCounter("workflow_events_refused").totalValue == 2)
        #expect(capture.records.map(\.level) == [.error, .error])
        let reasons = capture.records.map { $0.metadata?["reasons"]?.description ?? "" }
        #expect(reasons[0].contains("/run_id"))
        #expect(reasons[1].contains("/duration_ms"))
        #expect(!capture.records.contains { "\($0)".contains("two\nlines") })
    }

    @Test("An emitter of configurations makes its sinks with what they need")
    func configurations() throws {
        let sink = RecordingSink()
        let capture = LogCapture()
        let logger = capture.logger()
        let emitter = try Emitter(
            .sink(sink),
            SinkConfiguration { context in
                #expect(context.service == "lyrics-api")
                #expect(context.flushDeadline == .seconds(2))
                return LogSink(logger: context.logger)
            },
            service: "lyrics-api", logger: logger, flushDeadline: .seconds(2))
        emitter.emit(.start(.plan))
        #expect(sink.timeline == ["PLAN.start"])
        #expect(capture.messages == ["workflow_event.PLAN.start"])
    }

    @Test("An emitter without configurations logs")
    func noConfigurations() throws {
        let capture = LogCapture()
        let emitter = try Emitter(logger: capture.logger())
        emitter.emit(.start(.plan))
        #expect(capture.messages == ["workflow_event.PLAN.start"])
    }

    @Test("flush reaches every sink")
    func flush() async {
        let (first, second) = (BufferingSink(), BufferingSink())
        let emitter = Emitter(sinks: [first, second])
        emitter.emit(.start(.plan))
        #expect(first.delivered.isEmpty)
        await emitter.flush()
        #expect(first.delivered.count == 1)
        #expect(second.delivered.count == 1)
    }
}
