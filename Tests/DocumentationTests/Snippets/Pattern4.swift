// snippet: pattern-4
import WorkflowEvents

func generateStyle(runID: String, spec: SongSpec) throws -> StyleSpec {
    try withSkillExecution(runID: runID, node: .style) { state in
        do {
            let style = try createStyle(spec)
            state.metrics["tags_generated"] = style.tags.count
            return style
        } catch let error as InvalidInput {
            // Add context before rethrowing
            state.issues.append("Invalid specification: \(error)")
            throw error
        }
    }
    // FAIL event emitted, the error's description its last issue
}
// snippet-end
