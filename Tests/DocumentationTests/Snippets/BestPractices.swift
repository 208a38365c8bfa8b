import Foundation
import WorkflowEvents

func bestPractice1(runID: String, input: LyricsInput) throws -> Lyrics {
    // snippet: best-practice-1-good
    // Good: automatic event handling
    try withSkillExecution(runID: runID, node: .lyrics) { state in
        try createLyrics(input)
    }
    // snippet-end
}

func bestPractice1Avoided(runID: String, input: LyricsInput) throws -> Lyrics {
    // snippet: best-practice-1-avoid
    // Avoid: manual event management (more error-prone)
    let emitter = Emitter.default
    emitter.emit(WorkflowEvent(runID: runID, node: .lyrics, phase: .start))
    do {
        let result = try createLyrics(input)
        emitter.emit(WorkflowEvent(runID: runID, node: .lyrics, phase: .end))
        return result
    } catch {
        emitter.emit(WorkflowEvent(runID: runID, node: .lyrics, phase: .fail))
        throw error
    }
    // snippet-end
}

func bestPractice2(state: inout SkillState) {
    // snippet: best-practice-2
    // Good: specific, actionable metrics
    state.metrics["lines_generated"] = 42
    state.metrics["avg_line_length"] = 8.5
    state.metrics["rhyme_density"] = 0.85

    // Avoid: generic or unclear metrics
    state.metrics["count"] = 42
    state.metrics["value"] = 8.5
    // snippet-end
}

struct CriticalError: Error, CustomStringConvertible {
    var description: String
}

func bestPractice3(state: inout SkillState, score: Double, threshold: Double, isCritical: Bool) throws {
    // snippet: best-practice-3
    // Good: non-fatal warnings
    if score < threshold {
        state.issues.append(String(format: "Low score: %.2f", score))
    }

    // Avoid: saying twice what the error says; its description becomes an issue by itself
    if isCritical {
        state.issues.append("Critical error")
        throw CriticalError(description: "Critical error")
    }
    // snippet-end
}

func bestPractice4(state: inout SkillState) {
    // snippet: best-practice-4
    // Good: numeric metrics for analysis
    state.metrics["lines"] = 42
    state.metrics["score"] = 0.85

    // Does not compile: a metric is a number
    // state.metrics["status"] = "complete"
    // state.metrics["quality"] = "good"
    // snippet-end
}

func bestPractice5(state: inout SkillState, density: Double, threshold: Double) {
    // snippet: best-practice-5
    // Good: actionable issue description
    state.issues.append(String(format: "Hook density %.2f below threshold %.2f", density, threshold))

    // Avoid: vague messages
    state.issues.append("Problem detected")
    // snippet-end
}
