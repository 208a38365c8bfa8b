import WorkflowEvents
import WorkflowEventsTesting

func program(sink: RecordingSink, runID: String, input: LyricsInput) async throws -> Lyrics {
    // snippet: program
    try await withWorkflowEvents(.log, .sink(sink), service: "lyrics-api") {
        try generateLyrics(runID: runID, input: input)
    }
    // snippet-end
}
