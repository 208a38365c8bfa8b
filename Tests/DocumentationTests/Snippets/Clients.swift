// snippet: clients-swift
import WorkflowEvents
import WorkflowEventsHTTP

func compose(service url: String, token: String) async throws {
    try await withWorkflowEvents(.http(url, token: token)) {
        try await withSkillExecution(runID: "song-3", node: .lyrics) { state in
            let song = try await writeLyrics()
            state.metrics["lines_generated"] = song.lines.count
            state.issues.append("last verse is short")
        }
    }
}
// snippet-end
