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

    private func emit(_ what: String, to emitter: Emitter, _ sink: RecordingSink? = nil) -> MicroCost {
        MicroCost(
            what: what, operation: { for _ in 0..<$0 { emitter.emit(LyricsSkill.event) } }, reset: { sink?.removeAll() }
        )
    }

    private func execute(_ what: String, _ emitter: Emitter, _ sink: RecordingSink? = nil) -> MicroCost {
        MicroCost(
            what: what, operation: { LyricsSkill.execute($0, emitter) },
            comparison: ("the skill alone", { LyricsSkill.execute($0, emitter, emitEvents: false) }),
            reset: { sink?.removeAll() })
    }
}
