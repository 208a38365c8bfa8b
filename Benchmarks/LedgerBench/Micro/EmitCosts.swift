import WorkflowEvents
import WorkflowEventsTesting

/// What emitting costs a skill, without a sink and with one that keeps events in memory.
struct EmitCosts {
    private let silent = Emitter(sinks: [], service: "bench")

    func costs() -> [MicroCost] {
        let sink = RecordingSink()
        let recording = Emitter(sinks: [sink], service: "bench")
        return [
            emit("`emit`, no sink", to: silent),
            emit("`emit`, into memory", to: recording, sink),
            execute("`withSkillExecution`, two events, no sink", silent),
            execute("`withSkillExecution`, two events, into memory", recording, sink),
        ]
    }

    /// An event that a skill has just ended.
    static let event = WorkflowEvent(
        runID: "2f1c9a4e-3c5d-4e1b-9a51-0f4f5f1f6a77", node: .lyrics, phase: .end, durationMS: 250,
        metrics: ["lines_generated": 42, "verses": 3, "choruses": 2, "citations": 5, "avg_line_length": 8.5],
        issues: ["Warning: short lyrics"], service: "bench")

    private func emit(_ what: String, to emitter: Emitter, _ sink: RecordingSink? = nil) -> MicroCost {
        MicroCost(
            what: what, operation: { for _ in 0..<$0 { emitter.emit(Self.event) } }, reset: { sink?.removeAll() })
    }

    private func execute(_ what: String, _ emitter: Emitter, _ sink: RecordingSink? = nil) -> MicroCost {
        MicroCost(
            what: what, operation: { Self.execute($0, emitter, emitEvents: true) },
            comparison: ("the skill alone", { Self.execute($0, emitter, emitEvents: false) }),
            reset: { sink?.removeAll() })
    }

    private static func execute(_ count: Int, _ emitter: Emitter, emitEvents: Bool) {
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
