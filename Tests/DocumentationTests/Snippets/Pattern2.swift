// snippet: pattern-2
import WorkflowEvents

func generateLyrics(runID: String, style: StyleSpec) throws -> Lyrics {
    try withSkillExecution(runID: runID, node: .lyrics) { state in
        let result = try createLyrics(style)

        // Populate metrics for observability
        state.metrics["lines_generated"] = result.lines.count
        state.metrics["verses"] = result.verseCount
        state.metrics["chorus_count"] = result.chorusCount
        state.metrics["citations"] = result.citations.count
        state.metrics["avg_line_length"] = result.averageLineLength

        return result
    }
}
// snippet-end
