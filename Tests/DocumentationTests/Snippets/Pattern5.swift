// snippet: pattern-5
import WorkflowEvents

func composePrompt(runID: String, artifacts: Artifacts) -> Prompt {
    withSkillExecution(runID: runID, node: .compose) { state in
        // Time merge phase
        var mergeTimer = EventTimer()
        mergeTimer.start()
        let merged = mergeArtifacts(artifacts)
        mergeTimer.stop()
        state.metrics["merge_ms"] = mergeTimer.durationMS

        // Time validation phase
        var validateTimer = EventTimer()
        validateTimer.start()
        let validated = validateMerged(merged)
        validateTimer.stop()
        state.metrics["validate_ms"] = validateTimer.durationMS

        // Time composition phase
        var composeTimer = EventTimer()
        composeTimer.start()
        let composed = buildFinalPrompt(validated)
        composeTimer.stop()
        state.metrics["compose_ms"] = composeTimer.durationMS

        state.metrics["total_chars"] = composed.text.count

        return composed
    }
}
// snippet-end
