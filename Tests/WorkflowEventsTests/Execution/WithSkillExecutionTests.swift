import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("withSkillExecution")
struct WithSkillExecutionTests {
    private struct TooShort: Error, CustomStringConvertible {
        var description: String { "The lyrics are too short." }
    }

    @Test("A skill that returns emits start and end, tied by its execution id")
    func success() {
        let clock = ManualClock()
        withRecordedEvents(clock: clock, ids: SequentialIDs()) { sink in
            let lines = withSkillExecution(runID: "run-1", node: .lyrics) { state in
                clock.advance(by: .milliseconds(1234))
                state.metrics["lines_generated"] = 42
                state.metrics["avg_line_length"] = 8.5
                state.issues.append("Warning: short lyrics")
                return 42
            }
            #expect(lines == 42)
            #expect(
                sink.events == [
                    WorkflowEvent(
                        id: SequentialIDs.id(2), ts: ManualClock().now, runID: "run-1", node: .lyrics, phase: .start,
                        executionID: SequentialIDs.id(1), service: "test"),
                    WorkflowEvent(
                        id: SequentialIDs.id(3), ts: clock.now, runID: "run-1", node: .lyrics, phase: .end,
                        durationMS: 1234, metrics: ["lines_generated": 42, "avg_line_length": 8.5],
                        issues: ["Warning: short lyrics"], executionID: SequentialIDs.id(1), service: "test"),
                ])
            #expect(sink.event(.lyrics, .end)?.metrics["lines_generated"] == 42)
            #expect(sink.event(.lyrics, .end)?.metrics["avg_line_length"] == 8.5)
        }
    }

    @Test("A skill that throws emits fail with what it said before, the error last")
    func failure() {
        withRecordedEvents { sink in
            #expect(throws: TooShort.self) {
                try withSkillExecution(runID: "run-1", node: .lyrics) { state in
                    state.metrics["lines_generated"] = 1
                    state.issues.append("Info: using fallback source")
                    throw TooShort()
                }
            }
            #expect(sink.timeline == ["LYRICS.start", "LYRICS.fail"])
            let fail = sink.event(.lyrics, .fail)
            #expect(fail?.metrics["lines_generated"] == 1)
            #expect(fail?.issues == ["Info: using fallback source", "The lyrics are too short."])
        }
    }
}
