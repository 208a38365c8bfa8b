import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("The guide's usage patterns")
struct PatternTests {
    @Test("Quick Start: start and end, with the metrics and without an issue")
    func quickStart() throws {
        try withRecordedEvents { sink in
            let lyrics = try generateLyrics(runID: "run-1", input: LyricsInput())
            #expect(lyrics.lines.count == 42)
            #expect(sink.timeline == ["LYRICS.start", "LYRICS.end"])
            let start = try #require(sink.event(.lyrics, .start))
            #expect(start.durationMS == 0)
            #expect(start.metrics.isEmpty)
            let end = try #require(sink.event(.lyrics, .end))
            #expect(end.runID == "run-1")
            #expect(end.metrics == ["lines_generated": 42, "citations": 5])
            #expect(end.issues.isEmpty)
        }
    }

    @Test("Quick Start: short lyrics are an issue of the end event")
    func quickStartShort() throws {
        try withRecordedEvents { sink in
            _ = try generateLyrics(runID: "run-1", input: LyricsInput(lineCount: 9))
            #expect(sink.event(.lyrics, .end)?.issues == ["Warning: short lyrics"])
        }
    }

    @Test("What Happens: on an error, fail with the error's message among the issues")
    func quickStartFailure() {
        withRecordedEvents { sink in
            #expect(throws: InvalidInput.self) { try generateLyrics(runID: "run-1", input: LyricsInput(lineCount: 0)) }
            #expect(sink.timeline == ["LYRICS.start", "LYRICS.fail"])
            #expect(sink.event(.lyrics, .fail)?.issues == ["No lines were asked for."])
        }
    }

    @Test("A program's skills emit through its sinks, under its name")
    func program() async throws {
        let sink = RecordingSink()
        _ = try await DocumentationTests.program(sink: sink, runID: "run-1", input: LyricsInput())
        #expect(sink.timeline == ["LYRICS.start", "LYRICS.end"])
        #expect(sink.events.allSatisfy { $0.service == "lyrics-api" })
    }

    @Test("The constants have the guide's names")
    func constants() {
        let names = ["PLAN", "STYLE", "LYRICS", "PRODUCER", "COMPOSE", "VALIDATE", "FIX", "REVIEW"]
        #expect(availableNodes().map(\.rawValue) == names)
        #expect(availableNodes() == Node.workflowOrder)
        #expect(availablePhases().map(\.rawValue) == ["start", "end", "fail"])
        #expect(availablePhases() == Phase.allCases)
        #expect(Node.mastering.rawValue == "MASTERING")
    }

    @Test("Pattern 1: a skill without metrics")
    func pattern1() throws {
        try withRecordedEvents { sink in
            let plan = planWorkflow(runID: "run-1", spec: SongSpec(title: "Dawn"))
            #expect(plan == Plan(steps: ["style for Dawn", "lyrics for Dawn"]))
            #expect(sink.timeline == ["PLAN.start", "PLAN.end"])
            let end = try #require(sink.event(.plan, .end))
            #expect(end.metrics.isEmpty)
            #expect(end.issues.isEmpty)
        }
    }

    @Test("Pattern 2: a skill with metrics, integers staying integers")
    func pattern2() throws {
        try withRecordedEvents { sink in
            let lyrics = try generateLyrics(runID: "run-1", style: StyleSpec(tags: ["folk", "slow"]))
            let end = try #require(sink.event(.lyrics, .end))
            #expect(
                end.metrics.map(\.name) == [
                    "lines_generated", "verses", "chorus_count", "citations", "avg_line_length",
                ])
            #expect(end.metrics["lines_generated"]?.integerValue == 8)
            #expect(end.metrics["verses"]?.integerValue == 3)
            #expect(end.metrics["chorus_count"]?.integerValue == 2)
            #expect(end.metrics["citations"]?.integerValue == 2)
            #expect(end.metrics["avg_line_length"] == lyrics.averageLineLength)
        }
    }

    @Test("Pattern 3: issues and a dictionary of scores")
    func pattern3() throws {
        try withRecordedEvents { sink in
            let prompt = Prompt(text: "hook hook damn" + String(repeating: " hook", count: 1))
            let scores = validatePrompt(runID: "run-1", prompt: prompt)
            #expect(scores["hook_density"] == 0.75)
            let first = try #require(sink.event(.validate, .end))
            #expect(first.issues == ["Profanity detected: score=0.25"])
            #expect(first.metrics == ["hook_density": 0.75, "profanity_score": 0.25])

            _ = validatePrompt(runID: "run-1", prompt: Prompt(text: String(repeating: "word ", count: 700)))
            let second = try #require(sink.event(.validate, .end))
            #expect(second.issues == ["Low hook density: 0.00", "Prompt exceeds length limit"])
            #expect(second.metrics == ["hook_density": 0, "profanity_score": 0])
        }
    }

    @Test("Pattern 4: context is added before the error, which comes last and goes on to the caller")
    func pattern4() throws {
        try withRecordedEvents { sink in
            #expect(throws: InvalidInput.self) { try generateStyle(runID: "run-1", spec: SongSpec(title: "Dawn")) }
            #expect(sink.timeline == ["STYLE.start", "STYLE.fail"])
            #expect(
                sink.event(.style, .fail)?.issues == [
                    "Invalid specification: The specification has no tags.", "The specification has no tags.",
                ])

            let style = try generateStyle(runID: "run-1", spec: SongSpec(title: "Dawn", tags: ["folk"]))
            #expect(style.tags == ["folk"])
            #expect(sink.event(.style, .end)?.metrics == ["tags_generated": 1])
        }
    }

    @Test("Pattern 5: the times of the parts are metrics")
    func pattern5() throws {
        try withRecordedEvents { sink in
            let prompt = composePrompt(runID: "run-1", artifacts: Artifacts(parts: ["style", "", "lyrics"]))
            #expect(prompt.text == "style\nlyrics")
            let end = try #require(sink.event(.compose, .end))
            #expect(end.metrics.map(\.name) == ["merge_ms", "validate_ms", "compose_ms", "total_chars"])
            #expect(end.metrics["total_chars"] == 12)
            let parts: [Int] = ["merge_ms", "validate_ms", "compose_ms"].compactMap { end.metrics[$0] }
            #expect(parts.count == 3)
            #expect(parts.allSatisfy { $0 >= 0 })
            #expect(parts.reduce(0, +) <= end.durationMS)
        }
    }

    @Test("Pattern 6: emission can be switched off")
    func pattern6() {
        withRecordedEvents { sink in
            let prompt = Prompt(text: "damn fine")
            #expect(autoFix(runID: "run-1", prompt: prompt, emitEvents: false).text == "darn fine")
            #expect(sink.events.isEmpty)
            #expect(autoFix(runID: "run-1", prompt: prompt).changes.count == 1)
            #expect(sink.timeline == ["FIX.start", "FIX.end"])
            #expect(sink.event(.fix, .end)?.metrics == ["fixes_applied": 1])
        }
    }
}
