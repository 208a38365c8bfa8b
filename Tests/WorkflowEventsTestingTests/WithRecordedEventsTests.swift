import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("withRecordedEvents")
struct WithRecordedEventsTests {
    private struct Failure: Error, Equatable {}

    @Test("Tests that run side by side do not see each other's events", arguments: 0..<50)
    func isolation(number: Int) async {
        await withRecordedEvents { sink in
            await withSkillExecution(runID: "run-\(number)", node: .plan) { _ in await Task.yield() }
            #expect(sink.events.map(\.runID) == ["run-\(number)", "run-\(number)"])
        }
    }

    @Test("Child tasks record too")
    func childTasks() async {
        await withRecordedEvents { sink in
            await withDiscardingTaskGroup { group in
                for number in 0..<10 {
                    group.addTask { withSkillExecution(runID: "run-\(number)", node: .plan) { _ in } }
                }
            }
            #expect(sink.executions.count == 10)
            #expect(sink.executions.allSatisfy { $0.outcome == .ended })
        }
    }

    @Test("Errors keep their types")
    func typedErrors() async {
        do throws(Failure) {
            try withRecordedEvents { _ throws(Failure) in throw Failure() }
        } catch {
            #expect(error == Failure())
        }
        do throws(Failure) {
            try await withRecordedEvents { _ async throws(Failure) in throw Failure() }
        } catch {
            #expect(error == Failure())
        }
    }

    @Test("Clock, ids and service are the test's")
    func determinism() {
        let clock = ManualClock()
        withRecordedEvents(service: "kit", clock: clock, ids: SequentialIDs()) { sink in
            withSkillExecution(runID: "run-1", node: .plan) { _ in clock.advance(by: .seconds(1)) }
            #expect(sink.events.map(\.id) == [SequentialIDs.id(2), SequentialIDs.id(3)])
            #expect("\(SequentialIDs.id(2))" == "00000000-0000-7000-8000-000000000002")
            #expect(sink.events.map(\.service) == ["kit", "kit"])
            #expect(sink.event(.plan, .end)?.ts == clock.now)
            #expect(sink.event(.plan, .end)?.durationMS == 1000)
        }
    }

    @Test("A manual clock shows the guide's moment until it is moved")
    func manualClock() {
        let clock = ManualClock()
        #expect("\(clock.now)" == "2025-11-18T12:00:00.000000Z")
        clock.advance(by: .microseconds(1_500_001))
        #expect("\(clock.now)" == "2025-11-18T12:00:01.500001Z")
        #expect(clock.monotonic == .microseconds(1_500_001))
    }
}
