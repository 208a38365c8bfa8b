// snippet: pattern-1
import WorkflowEvents

func planWorkflow(runID: String, spec: SongSpec) -> Plan {
    withSkillExecution(runID: runID, node: .plan) { _ in
        // Just do the work
        createPlan(spec)
    }
    // Events emitted automatically
}
// snippet-end
