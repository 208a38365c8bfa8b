import Foundation
import Logging
import Synchronization
import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("The guide's other snippets")
struct EmissionTests {
    @Test("Manual emission: the event arrives as it was made")
    func manualEmission() throws {
        try withRecordedEvents(service: "reviewer") { sink in
            customWorkflowStep(runID: "run-1")
            let event = try #require(sink.events.first)
            #expect(sink.timeline == ["REVIEW.end"])
            #expect(event.runID == "run-1")
            #expect(event.durationMS == 1234)
            #expect(event.metrics == ["artifacts_created": 5])
            #expect(event.issues.isEmpty)
            #expect(event.service == "reviewer")
            #expect(event.executionID == nil)
        }
    }

    @Test("Manual recording: the event is stored when the call returns")
    func manualRecording() async throws {
        try await withRecordedEvents { sink in
            try await recordedWorkflowStep(runID: "run-1")
            #expect(sink.timeline == ["REVIEW.end"])
            #expect(sink.events.first?.metrics == ["artifacts_created": 5])
        }
    }

    @Test("The timer alone: it measures, is reset and measures again")
    func timer() {
        let clock = SystemEventClock()
        func work(for duration: Duration) {
            let start = clock.monotonic
            while clock.monotonic - start < duration {}
        }
        let durations = standaloneTimer(
            processData: { work(for: .milliseconds(6)) }, moreWork: { work(for: .milliseconds(2)) })
        #expect(durations[0] >= 6)
        #expect(durations[1] >= 2)
    }

    @Test("Best Practice 1: both ways emit, but only the scope measures and ties the events together")
    func bestPractice1() throws {
        try withRecordedEvents { sink in
            _ = try DocumentationTests.bestPractice1(runID: "run-1", input: LyricsInput())
            #expect(sink.phases == [.start, .end])
            #expect(sink.events.allSatisfy { $0.executionID != nil })

            sink.removeAll()
            _ = try bestPractice1Avoided(runID: "run-1", input: LyricsInput())
            #expect(sink.phases == [.start, .end])
            #expect(sink.events.allSatisfy { $0.executionID == nil && $0.durationMS == 0 })

            sink.removeAll()
            let empty = LyricsInput(lineCount: 0)
            #expect(throws: InvalidInput.self) { try bestPractice1Avoided(runID: "run-1", input: empty) }
            #expect(sink.phases == [.start, .fail])
            #expect(sink.event(.lyrics, .fail)?.issues == [])
            #expect(throws: InvalidInput.self) {
                try DocumentationTests.bestPractice1(runID: "run-1", input: empty)
            }
            #expect(sink.event(.lyrics, .fail)?.issues == ["No lines were asked for."])
        }
    }

    @Test("Best Practice 2: metrics keep their kinds")
    func bestPractice2() throws {
        try withRecordedEvents { sink in
            withSkillExecution(runID: "run-1", node: .lyrics) { DocumentationTests.bestPractice2(state: &$0) }
            let metrics = try #require(sink.event(.lyrics, .end)?.metrics)
            #expect(
                metrics == [
                    "lines_generated": 42, "avg_line_length": 8.5, "rhyme_density": 0.85, "count": 42, "value": 8.5,
                ])
            #expect(metrics["lines_generated"]?.integerValue == 42)
        }
    }

    @Test("Best Practice 3: a warning lets the skill go on; an error said twice stands twice")
    func bestPractice3() {
        withRecordedEvents { sink in
            func skill(isCritical: Bool) throws {
                try withSkillExecution(runID: "run-1", node: .validate) { state in
                    try DocumentationTests.bestPractice3(
                        state: &state, score: 0.5, threshold: 0.7, isCritical: isCritical)
                }
            }
            #expect(throws: Never.self) { try skill(isCritical: false) }
            #expect(sink.event(.validate, .end)?.issues == ["Low score: 0.50"])
            #expect(throws: CriticalError.self) { try skill(isCritical: true) }
            #expect(
                sink.event(.validate, .fail)?.issues == ["Low score: 0.50", "Critical error", "Critical error"])
        }
    }

    @Test("Best Practice 4: metrics are numbers; text and booleans are not")
    func bestPractice4() {
        withRecordedEvents { sink in
            withSkillExecution(runID: "run-1", node: .lyrics) { DocumentationTests.bestPractice4(state: &$0) }
            #expect(sink.event(.lyrics, .end)?.metrics == ["lines": 42, "score": 0.85])
            let notNumbers: [Any] = ["complete", true]
            #expect(!notNumbers.contains { $0 is any MetricNumber })
        }
    }

    @Test("Best Practice 5: issues are kept in order, word for word")
    func bestPractice5() {
        withRecordedEvents { sink in
            withSkillExecution(runID: "run-1", node: .validate) { state in
                DocumentationTests.bestPractice5(state: &state, density: 0.5, threshold: 0.7)
            }
            #expect(
                sink.event(.validate, .end)?.issues == ["Hook density 0.50 below threshold 0.70", "Problem detected"])
        }
    }

    @Test("The LYRICS skill: every metric, and no issue with good lyrics")
    func lyricsSkill() throws {
        try withRecordedEvents { sink in
            let style = StyleSpec(tags: ["folk", "slow"])
            let lyrics = generateLyricsSkill(runID: "run-1", style: style, constraints: Constraints(), seed: 7)
            #expect(sink.timeline == ["LYRICS.start", "LYRICS.end"])
            let end = try #require(sink.event(.lyrics, .end))
            #expect(end.issues.isEmpty)
            #expect(
                end.metrics.map(\.name) == [
                    "retrieval_ms", "sources_retrieved", "generation_ms", "validation_ms", "lines_generated", "verses",
                    "choruses", "bridges", "citations", "avg_line_length",
                ])
            #expect(end.metrics["sources_retrieved"] == 2)
            #expect(end.metrics["lines_generated"] == lyrics.lines.count)
            #expect(end.metrics["verses"] == 3)
            #expect(end.metrics["choruses"] == 2)
            #expect(end.metrics["bridges"] == 1)
            #expect(end.metrics["citations"] == 2)
            #expect(end.metrics["avg_line_length"] == lyrics.averageLineLength)
        }
    }

    @Test("The LYRICS skill: every issue, in order, with poor lyrics")
    func poorLyrics() {
        withRecordedEvents { sink in
            let constraints = Constraints(
                explicit: 0.1, verseCount: 1, chorusCount: 0, citesSources: false, rhymeDensity: 0.5, profanity: 0.2)
            _ = generateLyricsSkill(
                runID: "run-1", style: StyleSpec(tags: ["folk"]), constraints: constraints, seed: 7)
            #expect(
                sink.event(.lyrics, .end)?.issues == [
                    "Low verse count: 1", "Missing chorus section", "Profanity violation: 0.2",
                    "Low rhyme density: 0.50", "Warning: no citations included",
                ])
        }
    }

    @Test("Logged as JSON lines, a skill's two events are two records with numbers in them")
    func jsonLogging() async throws {
        let lines = Mutex<[Data]>([])
        let output = LogOutput { line in lines.withLock { $0.append(Data(line)) } }
        _ = try await loggedAsJSON(output: output, runID: "run-1", input: LyricsInput())
        let records = try lines.withLock { $0 }.map { try JSONSerialization.jsonObject(with: $0) as? [String: Any] }
        let end = try #require(records.last ?? nil)
        #expect(records.first??["event"] as? String == "workflow_event.LYRICS.start")
        #expect(end["event"] as? String == "workflow_event.LYRICS.end")
        #expect(end["duration_ms"] is Int)
        #expect(end["metrics"] as? [String: Int] == ["lines_generated": 42, "citations": 5])
        #expect(end["service"] as? String == "lyrics-api")
    }
}
