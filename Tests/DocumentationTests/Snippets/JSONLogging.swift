import Logging
import WorkflowEvents

func loggedAsJSON(output: LogOutput, runID: String, input: LyricsInput) async throws -> Lyrics {
    // snippet: json-logging
    let logger = Logger(label: "lyrics-api") { JSONLinesLogHandler(label: $0, output: output) }
    return try await withWorkflowEvents(.log(logger), service: "lyrics-api") {
        try generateLyrics(runID: runID, input: input)
    }
    // snippet-end
}
