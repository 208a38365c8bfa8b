import InMemoryTracing
import Testing
import Tracing
import WorkflowEventsTesting

@testable import WorkflowEvents

@Suite("Tracing of executions")
struct TracingTests {
    private struct Failure: Error {}

    @Test("Each execution is a span with the node's name, and its ids reach the events")
    func span() throws {
        let tracer = W3CTracer()
        try withTracer(tracer) {
            try withRecordedEvents { sink in
                withSkillExecution(runID: "run-1", node: .lyrics) { _ in }
                let span = try #require(tracer.memory.finishedSpans.first)
                #expect(tracer.memory.finishedSpans.count == 1)
                #expect(span.operationName == "LYRICS")
                #expect(span.kind == .internal)
                #expect(span.attributes.get("run_id") == .string("run-1"))
                let executionID = try #require(sink.events.first?.executionID)
                #expect(span.attributes.get("execution_id") == .string("\(executionID)".lowercased()))
                #expect(span.errors.isEmpty)
                #expect(span.status == nil)
                #expect(sink.events.map(\.traceID) == [W3CTracer.traceID, W3CTracer.traceID])
                #expect(sink.events.map(\.spanID) == [span.spanID, span.spanID])
            }
        }
    }

    @Test("A failing execution's span records the error")
    func failedSpan() throws {
        let tracer = W3CTracer()
        try withTracer(tracer) {
            try withRecordedEvents { sink in
                #expect(throws: Failure.self) {
                    try withSkillExecution(runID: "run-1", node: .lyrics) { _ in throw Failure() }
                }
                let span = try #require(tracer.memory.finishedSpans.first)
                #expect(span.errors.count == 1)
                #expect(span.errors.first?.error is Failure)
                #expect(span.status?.code == .error)
                #expect(sink.event(.lyrics, .fail)?.spanID == span.spanID)
            }
        }
    }

    @Test("Work inside an execution belongs to its span, in asynchronous code too")
    func children() async throws {
        let tracer = W3CTracer()
        try await withTracer(tracer) {
            try await withRecordedEvents { sink in
                await withSkillExecution(runID: "run-1", node: .compose) { _ async in
                    await withSkillExecution(runID: "run-1", node: .validate) { _ async in await Task.yield() }
                    withSpan("merge") { _ in }
                }
                let spans = tracer.memory.finishedSpans
                #expect(spans.map(\.operationName) == ["VALIDATE", "merge", "COMPOSE"])
                let parent = try #require(spans.last)
                #expect(spans.prefix(2).allSatisfy { $0.parentSpanID == parent.spanID })
                #expect(parent.parentSpanID == nil)
                #expect(sink.event(.compose, .end)?.spanID == parent.spanID)
                #expect(sink.event(.validate, .end)?.spanID == spans.first?.spanID)
            }
        }
    }

    @Test("A tracer that writes no traceparent still gets its span; the events name no trace")
    func otherTracer() {
        let tracer = InMemoryTracer()
        withTracer(tracer) {
            withRecordedEvents { sink in
                withSkillExecution(runID: "run-1", node: .plan) { _ in }
                #expect(tracer.finishedSpans.map(\.operationName) == ["PLAN"])
                #expect(sink.events.count == 2)
                #expect(sink.events.allSatisfy { $0.traceID == nil && $0.spanID == nil })
            }
        }
    }

    @Test("With emitEvents false there is no span")
    func emitNothing() {
        let tracer = W3CTracer()
        withTracer(tracer) {
            withSkillExecution(runID: "run-1", node: .plan, emitEvents: false) { _ in }
            #expect(tracer.memory.finishedSpans.isEmpty)
            #expect(tracer.memory.activeSpans.isEmpty)
        }
    }

    @Test("A traceparent header gives its trace and span ids")
    func traceparent() {
        let identifiers = TraceIdentifiers(traceparent: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01")
        #expect(identifiers?.traceID == "0af7651916cd43dd8448eb211c80319c")
        #expect(identifiers?.spanID == "b7ad6b7169203331")
        // A later version may add fields (W3C Trace Context, section 4.3).
        #expect(TraceIdentifiers(traceparent: "01-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x") != nil)
    }

    @Test(
        "A malformed traceparent header gives nothing",
        arguments: [
            "", "00", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331",
            "00-0af7651916cd43dd8448eb211c80319-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b716920333-01",
            "00-0AF7651916CD43DD8448EB211C80319C-b7ad6b7169203331-01",
            "00-00000000000000000000000000000000-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-0000000000000000-01",
            "00-0af7651916cd43dd8448eb211c80319g-b7ad6b7169203331-01",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-1",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01-x",
            "0g-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
            "ff-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ])
    func malformedTraceparent(header: String) {
        #expect(TraceIdentifiers(traceparent: header) == nil)
    }
}
