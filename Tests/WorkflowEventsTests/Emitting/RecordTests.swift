import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("Recording an event")
struct RecordTests {
    @Test("record returns once every durable sink has committed")
    func waitsForEverySink() async throws {
        let (fast, slow, log) = (RecordingSink(), GatedSink(), BufferingSink())
        let emitter = Emitter(sinks: [fast, slow, log], service: "lyrics-api")
        let event = WorkflowEvent.end(.review)
        async let recorded: Void = emitter.record(event)
        slow.open()
        try await recorded
        #expect(slow.events.map(\.id) == [event.id])
        #expect(fast.events.map(\.service) == ["lyrics-api"])
        await log.flush()
        #expect(log.delivered.map(\.id) == [event.id])
    }

    @Test("A durable sink that fails makes record throw, after the others have committed")
    func oneSinkFails() async {
        let sink = RecordingSink()
        let emitter = Emitter(sinks: [UnavailableSink(), sink])
        let error = await #expect(throws: RecordError.self) { try await emitter.record(.end(.review)) }
        #expect(error?.code == .unavailable)
        #expect(error?.isRetryable == true)
        #expect(sink.events.count == 1)
    }

    @Test("Of several failures the one that no retry mends is thrown")
    func finalFailureFirst() async {
        let refusing = UnavailableSink(error: RecordError(.refused, "The same identity has other content."))
        let emitter = Emitter(sinks: [UnavailableSink(), refusing, UnavailableSink()])
        let error = await #expect(throws: RecordError.self) { try await emitter.record(.end(.review)) }
        #expect(error?.code == .refused)
    }

    @Test("A wrong event is refused with what is wrong and reaches no sink")
    func refused() async {
        let sink = RecordingSink()
        let emitter = Emitter(sinks: [sink], logger: LogCapture().logger())
        let error = await #expect(throws: RecordError.self) { try await emitter.record(.end(.review, runID: "")) }
        #expect(error?.code == .refused)
        #expect(error?.message.contains("/run_id") == true)
        #expect(error?.isRetryable == false)
        #expect(sink.events.isEmpty)
    }

    @Test("Without a durable sink nothing can be recorded, and record says so")
    func notDurable() async {
        let capture = LogCapture()
        let emitter = Emitter(sinks: [LogSink(logger: capture.logger())])
        let error = await #expect(throws: RecordError.self) { try await emitter.record(.end(.review)) }
        #expect(error?.code == .notDurable)
        #expect(capture.messages == ["workflow_event.REVIEW.end"])
    }
}
