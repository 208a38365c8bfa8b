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
        sink.removeAll()
        #expect(sink.events.isEmpty)
    }
}
