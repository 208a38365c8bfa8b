import Logging
import Synchronization
import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("withWorkflowEvents", .serialized)
struct WithWorkflowEventsTests {
    private struct Failure: Error {}

    private static func runSkill() {
        withSkillExecution(runID: "run-1", node: .plan) { _ in }
    }

    @Test("Events reach the sinks and are delivered before it returns")
    func delivers() async throws {
        let (first, second) = (BufferingSink(), BufferingSink())
        let result = try await withWorkflowEvents(.sink(first), .sink(second), service: "planner") {
            Self.runSkill()
            return 42
        }
        #expect(result == 42)
        #expect(first.delivered.map(\.phase) == [.start, .end])
        #expect(first.delivered.allSatisfy { $0.service == "planner" })
        #expect(second.delivered == first.delivered)
    }

    @Test("Events are delivered also when the body throws")
    func bodyThrows() async {
        let sink = BufferingSink()
        await #expect(throws: Failure.self) {
            try await withWorkflowEvents(.sink(sink)) {
                try withSkillExecution(runID: "run-1", node: .plan) { _ in throw Failure() }
            }
        }
        #expect(sink.delivered.map(\.phase) == [.start, .fail])
    }

    @Test("Cancelling stops the body, but the sinks only after its last event")
    func cancelled() async {
        let sink = BufferingSink()
        let started = AsyncStream<Void>.makeStream()
        let program = Task {
            try await withWorkflowEvents(.sink(sink)) {
                try await withSkillExecution(runID: "run-1", node: .plan) { _ in
                    started.continuation.finish()
                    try await Task.sleep(for: .seconds(3600))
                }
            }
        }
        for await _ in started.stream {}
        program.cancel()
        await #expect(throws: CancellationError.self) { try await program.value }
        #expect(sink.delivered.map(\.phase) == [.start, .fail])
        #expect(sink.lost.isEmpty)
    }

    @Test("The default holds for the whole process while the body runs, and not after it")
    func processDefault() async throws {
        let sink = RecordingSink()
        let before = await Task.detached { Emitter.default }.value
        try await withWorkflowEvents(.sink(sink)) {
            await Task.detached { Self.runSkill() }.value
            Self.runSkill()
        }
        #expect(sink.phases == [.start, .end, .start, .end])
        let after = await Task.detached { Emitter.default }.value
        #expect(before === after)
    }

    @Test("Scopes that overlap end in any order, each with its own default")
    func overlapping() async throws {
        let (outer, inner) = (RecordingSink(), RecordingSink())
        let (bothBegun, outerEnded) = (AsyncStream<Void>.makeStream(), AsyncStream<Void>.makeStream())
        async let second: Void = withWorkflowEvents(.sink(inner)) {
            bothBegun.continuation.finish()
            for await _ in outerEnded.stream {}
            Self.runSkill()
            await Task.detached { Self.runSkill() }.value
        }
        try await withWorkflowEvents(.sink(outer)) {
            for await _ in bothBegun.stream {}
            Self.runSkill()
        }
        outerEnded.continuation.finish()
        try await second
        #expect(outer.phases == [.start, .end])
        #expect(inner.phases == [.start, .end, .start, .end])
    }

    @Test("makeDefault sets the default where no scope does")
    func makeDefault() async throws {
        let (base, scoped) = (RecordingSink(), RecordingSink())
        Emitter(sinks: [base]).makeDefault()
        Self.runSkill()
        try await withWorkflowEvents(.sink(scoped)) { Self.runSkill() }
        Self.runSkill()
        Emitter(sinks: [LogSink()]).makeDefault()
        #expect(base.phases == [.start, .end, .start, .end])
        #expect(scoped.phases == [.start, .end])
    }

    @Test("A sink whose settings are wrong is told before the body begins")
    func wrongSettings() async {
        let began = Mutex(false)
        await #expect(throws: Failure.self) {
            try await withWorkflowEvents(SinkConfiguration { _ in throw Failure() }) { began.withLock { $0 = true } }
        }
        #expect(began.withLock { $0 } == false)
    }

    @Test("A sink that fails while running is logged and disturbs nothing")
    func failingSink() async throws {
        struct BrokenSink: EventSink {
            func emit(_ event: WorkflowEvent) {}
            func run() async throws { throw Failure() }
        }
        let sink = BufferingSink()
        let capture = LogCapture()
        try await withWorkflowEvents(.sink(BrokenSink()), .sink(sink), logger: capture.logger()) { Self.runSkill() }
        #expect(sink.delivered.map(\.phase) == [.start, .end])
        #expect(capture.records.map(\.level) == [.error])
        #expect(capture.records.first?.metadata?["sink"] == "BrokenSink")
    }

    @Test("run ends when it is cancelled, having flushed the sinks")
    func run() async {
        let sink = BufferingSink()
        let emitter = Emitter(sinks: [sink, RecordingSink()])
        let running = Task { await emitter.run() }
        emitter.emit(.start(.plan))
        running.cancel()
        await running.value
        #expect(sink.delivered.count == 1)
    }

    @MainActor
    @Test("The body runs on its caller's actor")
    func callersActor() async throws {
        try await withWorkflowEvents(.sink(RecordingSink())) {
            MainActor.assertIsolated()
            await Task.yield()
            MainActor.assertIsolated()
        }
    }
}
