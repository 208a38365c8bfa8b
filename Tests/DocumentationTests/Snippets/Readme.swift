import Testing
import WorkflowEvents
import WorkflowEventsPostgres
import WorkflowEventsTesting

func makeSong(runID: String, database: String) async throws -> Lyrics {
    // snippet: readme-program
    // database: "postgresql://writer@db.internal/runs", say
    try await withWorkflowEvents(.log, .postgres(database)) {
        try await withSkillExecution(runID: runID, node: .lyrics) { state in
            let song = try await writeLyrics()
            state.metrics["lines_generated"] = song.lines.count
            if song.lines.count < 10 { state.issues.append("Warning: short lyrics") }
            return song
        }
    }
    // snippet-end
}

func writeLyrics() async throws -> Lyrics {
    try createLyrics(LyricsInput(lineCount: 9))
}

func generateLyrics(runID: String) async throws {
    try withSkillExecution(runID: runID, node: .lyrics) { state in
        state.metrics["lines_generated"] = try createLyrics(LyricsInput()).lines.count
    }
}

@Suite("The README's test")
struct ReadmeSnippetTests {
    @Test("A test sees what a skill emits")
    func recording() async throws {
        // snippet: readme-test
        try await withRecordedEvents { sink in
            try await generateLyrics(runID: "test-123")
            #expect(sink.event(.lyrics, .end)?.metrics["lines_generated"] == 42)
        }
        // snippet-end
    }
}
