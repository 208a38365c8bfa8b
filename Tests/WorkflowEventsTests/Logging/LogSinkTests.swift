import Logging
import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("LogSink")
struct LogSinkTests {
    private let capture = LogCapture()

    @Test("Start and end are logged at info, fail at error, under the guide's message")
    func levels() {
        let sink = LogSink(logger: capture.logger())
        sink.emit(.start(.lyrics))
        sink.emit(.end(.lyrics))
        sink.emit(.fail(.lyrics))
        #expect(
            capture.messages == [
                "workflow_event.LYRICS.start", "workflow_event.LYRICS.end", "workflow_event.LYRICS.fail",
            ])
        #expect(capture.records.map(\.level) == [.info, .info, .error])
    }

    @Test("The metadata are the fields of the guide's log record")
    func metadata() throws {
        var event = WorkflowEvent.end(
            .lyrics, runID: "run-1", durationMS: 1234, metrics: ["lines_generated": 42, "score": 0.5],
            issues: ["Warning: short lyrics"])
        event.service = "meatymusic-api"
        event.traceID = "0af7651916cd43dd8448eb211c80319c"
        event.spanID = "b7ad6b7169203331"
        LogSink(logger: capture.logger()).emit(event)
        let metadata = try #require(capture.records.first?.metadata)
        #expect(
            metadata.mapValues(\.description) == [
                "run_id": "run-1", "node": "LYRICS", "phase": "end", "duration_ms": "1234",
                "metrics": metadata["metrics"]?.description ?? "", "issues": #"["Warning: short lyrics"]"#,
                "service": "meatymusic-api", "trace_id": "0af7651916cd43dd8448eb211c80319c",
                "span_id": "b7ad6b7169203331",
            ])
        #expect(
            metadata["metrics"]
                == .dictionary(["lines_generated": .stringConvertible(42), "score": .stringConvertible(0.5)]))
    }

    @Test("What is unknown is left out")
    func unknown() throws {
        LogSink(logger: capture.logger()).emit(.start(.plan))
        let metadata = try #require(capture.records.first?.metadata)
        #expect(Set(metadata.keys) == ["run_id", "node", "phase", "duration_ms", "metrics", "issues"])
    }

    @Test("A logger that is not interested gets nothing")
    func level() {
        let sink = LogSink(logger: capture.logger(level: .error))
        sink.emit(.start(.lyrics))
        sink.emit(.fail(.lyrics))
        #expect(capture.messages == ["workflow_event.LYRICS.fail"])
    }
}
