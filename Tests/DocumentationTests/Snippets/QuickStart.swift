// snippet: quick-start
import WorkflowEvents

func generateLyrics(runID: String, input: LyricsInput) throws -> Lyrics {
    try withSkillExecution(runID: runID, node: .lyrics) { state in
        // Your implementation here
        let result = try createLyrics(input)

        // Populate metrics (optional)
        state.metrics["lines_generated"] = result.lines.count
        state.metrics["citations"] = result.citations.count

        // Note any issues (optional)
        if result.lines.count < 10 {
            state.issues.append("Warning: short lyrics")
        }

        return result
    }
    // END event emitted, with metrics and duration
}
// snippet-end
