// snippet: manual-emission
import WorkflowEvents

func customWorkflowStep(runID: String) {
    // Create the event yourself
    let event = WorkflowEvent(
        ts: .now,
        runID: runID,
        node: .review,
        phase: .end,
        durationMS: 1234,
        metrics: ["artifacts_created": 5],
        issues: []
    )

    // Emit it: returns at once
    Emitter.default.emit(event)
}
// snippet-end

// snippet: manual-recording
func recordedWorkflowStep(runID: String) async throws {
    let event = WorkflowEvent(runID: runID, node: .review, phase: .end, metrics: ["artifacts_created": 5])

    // Record it: returns once every durable sink has committed it
    try await Emitter.default.record(event)
}
// snippet-end
