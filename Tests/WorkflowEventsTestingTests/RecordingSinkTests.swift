import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("RecordingSink")
struct RecordingSinkTests {
    @Test("Events come back in order, by node, phase and run")
    func filters() {
        let sink = RecordingSink()
        sink.emit(.start(.plan, runID: "a"))
        sink.emit(.start(.plan, runID: "b"))
        sink.emit(.end(.plan, runID: "a", durationMS: 5))
        #expect(sink.timeline == ["PLAN.start", "PLAN.start", "PLAN.end"])
        #expect(sink.phases == [.start, .start, .end])
        #expect(sink.events(node: .plan, phase: .start).map(\.runID) == ["a", "b"])
        #expect(sink.events(runID: "a").count == 2)
        #expect(sink.events(node: .style).isEmpty)
        #expect(sink.event(.plan, .end)?.durationMS == 5)
        #expect(sink.event(.plan, .fail) == nil)
        sink.removeAll()
        #expect(sink.events.isEmpty)
    }

    @Test("Metrics are compared with literals")
    func metrics() {
        let sink = RecordingSink()
        sink.emit(.end(.lyrics, metrics: ["lines": 42, "score": 0.85]))
        #expect(sink.event(.lyrics, .end)?.metrics["lines"] == 42)
        #expect(sink.event(.lyrics, .end)?.metrics["score"] == 0.85)
        #expect(sink.event(.lyrics, .end)?.metrics["verses"] == nil)
        #expect(sink.event(.lyrics, .end)?.metrics == ["score": 0.85, "lines": 42])
    }

    @Test("It is durable: what is recorded is kept when record returns")
    func record() async throws {
        let sink = RecordingSink()
        try await Emitter(sinks: [sink]).record(.end(.review))
        #expect(sink.timeline == ["REVIEW.end"])
    }

    @Test("Executions are told by their ids, in the order in which they began")
    func executions() {
        struct Failure: Error {}
        withRecordedEvents { sink in
            withSkillExecution(runID: "a", node: .compose) { state in
                _ = try? withSkillExecution(runID: "a", node: .validate) { _ in throw Failure() }
                state.metrics["total_chars"] = 10
            }
            sink.emit(.start(.review, runID: "a"))
            let executions = sink.executions
            #expect(executions.map(\.node) == [.compose, .validate, .review])
            #expect(executions.map(\.outcome) == [.ended, .failed, .running])
            #expect(executions[0].metrics["total_chars"] == 10)
            #expect(executions[1].issues == ["Failure()"])
            #expect(executions[2].runID == "a")
            #expect(executions[2].metrics.isEmpty)
        }
    }

    @Test("Executions without ids are paired as the ledger pairs them")
    func pairing() {
        let sink = RecordingSink()
        sink.emit(.start(.fix, runID: "a"))
        sink.emit(.start(.fix, runID: "b"))
        sink.emit(.start(.fix, runID: "a"))
        sink.emit(.end(.fix, runID: "a", metrics: ["round": 1]))
        sink.emit(.fail(.fix, runID: "b"))
        sink.emit(.end(.plan, runID: "b"))
        let executions = sink.executions
        #expect(executions.map(\.runID) == ["a", "b", "a", "b"])
        #expect(executions.map(\.outcome) == [.ended, .failed, .running, .ended])
        #expect(executions[0].metrics["round"] == 1)
        #expect(executions[3].start == nil)
    }
}
