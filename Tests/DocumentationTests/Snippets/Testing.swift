import WorkflowEvents

struct SkillResult {
    var status: String
}

func mySkill(runID: String) -> SkillResult {
    withSkillExecution(runID: runID, node: .lyrics) { state in
        state.metrics["lines"] = 42
        return SkillResult(status: "success")
    }
}

// snippet: testing
import Testing
import WorkflowEventsTesting

@Test("The skill emits what it did")
func mySkillEmitsEvents() throws {
    try withRecordedEvents { sink in
        let result = mySkill(runID: "test-123")

        // Verify skill logic
        #expect(result.status == "success")

        // Verify events were emitted
        #expect(sink.phases == [.start, .end])

        // Check event details
        let end = try #require(sink.event(.lyrics, .end))
        #expect(end.runID == "test-123")
        #expect(end.metrics["lines"] == 42)
    }
}
// snippet-end
