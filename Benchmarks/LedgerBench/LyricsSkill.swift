import WorkflowEvents

/// The skill whose events are measured: five metrics, one issue.
enum LyricsSkill {
    /// An event that it has just ended with.
    static let event = WorkflowEvent(
        runID: "2f1c9a4e-3c5d-4e1b-9a51-0f4f5f1f6a77", node: .lyrics, phase: .end, durationMS: 250,
        metrics: ["lines_generated": 42, "verses": 3, "choruses": 2, "citations": 5, "avg_line_length": 8.5],
        issues: ["Warning: short lyrics"], service: "bench")

    /// Runs it `count` times; it does nothing but say what it did.
    static func execute(_ count: Int, _ emitter: Emitter, emitEvents: Bool = true) {
        for index in 0..<count {
            withSkillExecution(runID: event.runID, node: .lyrics, emitEvents: emitEvents, emitter: emitter) { state in
                state.metrics["lines_generated"] = index
                state.metrics["citations"] = 5
                state.metrics["rhyme_density"] = 0.85
                state.metrics["avg_line_length"] = 8.5
                state.metrics["retrieval_ms"] = 231
                state.issues.append("Warning: short lyrics")
            }
        }
    }
}
