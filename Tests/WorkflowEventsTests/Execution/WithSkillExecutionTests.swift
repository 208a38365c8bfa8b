import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("withSkillExecution")
struct WithSkillExecutionTests {
    private struct TooShort: Error, Equatable, CustomStringConvertible {
        var description: String { "The lyrics are too short." }
    }

    @Test("A skill that returns emits start and end, tied by its execution id")
    func success() {
        let clock = ManualClock()
        withRecordedEvents(clock: clock, ids: SequentialIDs()) { sink in
            let lines = withSkillExecution(runID: "run-1", node: .lyrics) { state in
                #expect(state.runID == "run-1")
                #expect(state.node == .lyrics)
                #expect(state.executionID == SequentialIDs.id(1))
                clock.advance(by: .milliseconds(1234))
                state.metrics["lines_generated"] = 42
                state.metrics["avg_line_length"] = 8.5
                state.issues.append("Warning: short lyrics")
                return 42
            }
            #expect(lines == 42)
            let start = WorkflowEvent(
                id: SequentialIDs.id(2), ts: ManualClock().now, runID: "run-1", node: .lyrics, phase: .start,
                executionID: SequentialIDs.id(1), service: "test")
            let end = WorkflowEvent(
                id: SequentialIDs.id(3), ts: clock.now, runID: "run-1", node: .lyrics, phase: .end, durationMS: 1234,
                metrics: ["lines_generated": 42, "avg_line_length": 8.5], issues: ["Warning: short lyrics"],
                executionID: SequentialIDs.id(1), service: "test")
            #expect(sink.events == [start, end])
        }
    }

    @Test("A skill that throws emits fail with what it said before, the error last, and throws that error")
    func failure() {
        withRecordedEvents { sink in
            #expect(throws: TooShort()) {
                try withSkillExecution(runID: "run-1", node: .lyrics) { state in
                    state.metrics["lines_generated"] = 1
                    state.issues.append("Info: using fallback source")
                    throw TooShort()
                }
            }
            #expect(sink.timeline == ["LYRICS.start", "LYRICS.fail"])
            let fail = sink.event(.lyrics, .fail)
            #expect(fail?.metrics["lines_generated"] == 1)
            #expect(fail?.issues == ["Info: using fallback source", "The lyrics are too short."])
        }
    }

    @Test("The start event is emitted before the skill begins")
    func startComesFirst() {
        withRecordedEvents { sink in
            withSkillExecution(runID: "run-1", node: .plan) { _ in
                #expect(sink.timeline == ["PLAN.start"])
            }
        }
    }

    @Test("An error keeps its type")
    func typedError() {
        withRecordedEvents { sink in
            func skill() throws(TooShort) {
                try withSkillExecution(runID: "run-1", node: .lyrics) { _ throws(TooShort) in throw TooShort() }
            }
            func asyncSkill() async throws(TooShort) {
                try await withSkillExecution(runID: "run-1", node: .lyrics) { _ async throws(TooShort) in
                    throw TooShort()
                }
            }
            do throws(TooShort) { try skill() } catch { #expect(error == TooShort()) }
            #expect(sink.phases == [.start, .fail])
        }
    }

    @Test("An asynchronous skill emits the same events")
    func asynchronous() async throws {
        let clock = ManualClock()
        try await withRecordedEvents(clock: clock) { sink in
            let lines = await withSkillExecution(runID: "run-1", node: .lyrics) { state in
                await Task.yield()
                clock.advance(by: .seconds(2))
                state.metrics["lines"] = 42
                return 42
            }
            #expect(lines == 42)
            await #expect(throws: TooShort()) {
                try await withSkillExecution(runID: "run-1", node: .fix) { state in
                    state.issues.append("Info: second round")
                    await Task.yield()
                    throw TooShort()
                }
            }
            #expect(sink.timeline == ["LYRICS.start", "LYRICS.end", "FIX.start", "FIX.fail"])
            let end = try #require(sink.event(.lyrics, .end))
            #expect(end.durationMS == 2000)
            #expect(end.metrics == ["lines": 42])
            #expect(end.executionID == sink.event(.lyrics, .start)?.executionID)
            #expect(sink.event(.fix, .fail)?.issues == ["Info: second round", "The lyrics are too short."])
        }
    }

    @MainActor
    @Test("An asynchronous skill runs on its caller's actor and may use what is not Sendable")
    func callersActor() async {
        final class Draft { var lines = 0 }
        await withRecordedEvents { sink in
            let draft = Draft()
            let same = await withSkillExecution(runID: "run-1", node: .lyrics) { state in
                MainActor.assertIsolated()
                draft.lines += 1
                await Task.yield()
                MainActor.assertIsolated()
                state.metrics["lines"] = draft.lines
                return draft
            }
            #expect(same === draft)
            #expect(sink.event(.lyrics, .end)?.metrics["lines"] == 1)
        }
    }

    @Test("A cancelled skill fails, and its last issue says that it was cancelled")
    func cancellation() async {
        await withRecordedEvents { sink in
            let skill = Task {
                try await withSkillExecution(runID: "run-1", node: .style) { state in
                    state.issues.append("Info: waiting for the model")
                    try await Task.sleep(for: .seconds(3600))
                }
            }
            skill.cancel()
            await #expect(throws: CancellationError.self) { try await skill.value }
            #expect(sink.phases == [.start, .fail])
            #expect(
                sink.event(.style, .fail)?.issues == [
                    "Info: waiting for the model", "Cancelled: the skill's task was cancelled.",
                ])
        }
    }

    @Test("Another error in a cancelled task is kept, with the remark that the task was cancelled")
    func errorWhileCancelled() async {
        await withRecordedEvents { sink in
            let skill = Task {
                withUnsafeCurrentTask { $0?.cancel() }
                try withSkillExecution(runID: "run-1", node: .style) { _ in throw TooShort() }
            }
            await #expect(throws: TooShort()) { try await skill.value }
            let last = sink.event(.style, .fail)?.issues.last
            #expect(last == "The lyrics are too short. (the skill's task was cancelled)")
        }
    }

    @Test("With emitEvents false nothing is emitted, and the skill runs all the same")
    func emitNothing() async {
        await withRecordedEvents { sink in
            let fixes = withSkillExecution(runID: "run-1", node: .fix, emitEvents: false) { state in
                state.metrics["fixes_applied"] = 3
                return 3
            }
            #expect(fixes == 3)
            await #expect(throws: TooShort()) {
                try await withSkillExecution(runID: "run-1", node: .fix, emitEvents: false) { _ async throws in
                    throw TooShort()
                }
            }
            #expect(sink.events.isEmpty)
        }
    }

    @Test("An emitter that is given is used instead of the default")
    func explicitEmitter() {
        withRecordedEvents { sink in
            let other = RecordingSink()
            let emitter = Emitter(sinks: [other], service: "other")
            withSkillExecution(runID: "run-1", node: .plan, emitter: emitter) { _ in }
            #expect(sink.events.isEmpty)
            #expect(other.timeline == ["PLAN.start", "PLAN.end"])
            #expect(other.events.allSatisfy { $0.service == "other" })
        }
    }

    @Test("Executions within executions have their own ids and events")
    func nested() {
        withRecordedEvents { sink in
            withSkillExecution(runID: "run-1", node: .compose) { state in
                withSkillExecution(runID: "run-1", node: .validate) { inner in
                    #expect(inner.executionID != state.executionID)
                    inner.metrics["score"] = 0.9
                }
                state.metrics["total_chars"] = 2000
            }
            #expect(sink.timeline == ["COMPOSE.start", "VALIDATE.start", "VALIDATE.end", "COMPOSE.end"])
            #expect(sink.event(.compose, .end)?.metrics == ["total_chars": 2000])
            #expect(sink.event(.validate, .end)?.metrics == ["score": 0.9])
        }
    }

    @Test("A wall clock set back while a skill runs does not touch its duration")
    func wallClockSetBack() {
        let clock = ManualClock()
        withRecordedEvents(clock: clock) { sink in
            withSkillExecution(runID: "run-1", node: .plan) { _ in
                clock.advance(by: .milliseconds(1500))
                clock.setWallClock(to: Timestamp(microsecondsSince1970: 0))
            }
            #expect(sink.event(.plan, .end)?.durationMS == 1500)
            #expect(sink.event(.plan, .end)?.ts == Timestamp(microsecondsSince1970: 0))
        }
    }

    @Test("A duration is rounded down to whole milliseconds")
    func rounding() {
        let clock = ManualClock()
        withRecordedEvents(clock: clock) { sink in
            withSkillExecution(runID: "run-1", node: .plan) { _ in clock.advance(by: .microseconds(2999)) }
            #expect(sink.event(.plan, .end)?.durationMS == 2)
        }
    }

    @Test("A metric that is not finite becomes an issue that names it")
    func nonFiniteMetric() throws {
        try withRecordedEvents { sink in
            withSkillExecution(runID: "run-1", node: .validate) { state in
                state.metrics["score"] = Double.nan
                state.metrics["lines"] = 42
            }
            let end = try #require(sink.event(.validate, .end))
            #expect(end.metrics == ["lines": 42])
            #expect(end.issues.count == 1)
            #expect(end.issues.first?.contains("score") == true)
        }
    }

    @Test("The error stays the last issue even where surplus issues are left out")
    func errorStaysLast() throws {
        try withRecordedEvents { sink in
            #expect(throws: TooShort()) {
                try withSkillExecution(runID: "run-1", node: .validate) { state in
                    for number in 0..<1000 { state.issues.append("Issue \(number)") }
                    throw TooShort()
                }
            }
            let issues = try #require(sink.event(.validate, .fail)?.issues)
            #expect(issues.count <= 256)
            #expect(issues.first == "Issue 0")
            #expect(issues.last == "The lyrics are too short.")
        }
    }

    @Test("A wrong run id costs the events, not the skill")
    func wrongRunID() {
        let capture = LogCapture()
        let sink = RecordingSink()
        let emitter = Emitter(sinks: [sink], logger: capture.logger())
        let result = withSkillExecution(runID: "", node: .plan, emitter: emitter) { _ in "plan" }
        #expect(result == "plan")
        #expect(sink.events.isEmpty)
        #expect(capture.records.count == 2)
    }
}
