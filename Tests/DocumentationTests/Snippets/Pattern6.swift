// snippet: pattern-6
import WorkflowEvents

func autoFix(runID: String, prompt: Prompt, emitEvents: Bool = true) -> Prompt {
    withSkillExecution(
        runID: runID,
        node: .fix,
        emitEvents: emitEvents  // Can disable for internal testing
    ) { state in
        let fixed = applyFixes(prompt)
        state.metrics["fixes_applied"] = fixed.changes.count
        return fixed
    }
}
// snippet-end
