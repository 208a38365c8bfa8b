import Metrics
import MetricsTestKit
import Testing
import WorkflowEvents
import WorkflowEventsTesting

@Suite("Metrics of executions")
struct ExecutionMetricsTests {
    private struct Failure: Error {}

    private let metrics = TestMetrics()
    private let clock = ManualClock()

    private var emitter: Emitter {
        Emitter(sinks: [], clock: clock, metricsFactory: metrics)
    }

    @Test("Executions, failures and durations are counted by node")
    func counts() throws {
        let emitter = emitter
        for milliseconds in [5, 7] {
            withSkillExecution(runID: "run-1", node: .lyrics, emitter: emitter) { _ in
                clock.advance(by: .milliseconds(milliseconds))
            }
        }
        #expect(throws: Failure.self) {
            try withSkillExecution(runID: "run-1", node: .fix, emitter: emitter) { _ in
                clock.advance(by: .microseconds(1500))
                throw Failure()
            }
        }
        let lyrics = [("node", "LYRICS")]
        let fix = [("node", "FIX")]
        #expect(try metrics.expectCounter("workflow_executions", lyrics).totalValue == 2)
        #expect(try metrics.expectCounter("workflow_execution_failures", lyrics).totalValue == 0)
        #expect(try metrics.expectTimer("workflow_execution_duration", lyrics).values == [5_000_000, 7_000_000])
        #expect(try metrics.expectCounter("workflow_executions", fix).totalValue == 1)
        #expect(try metrics.expectCounter("workflow_execution_failures", fix).totalValue == 1)
        #expect(try metrics.expectTimer("workflow_execution_duration", fix).values == [1_500_000])
    }

    @Test("With emitEvents false nothing is counted")
    func emitNothing() {
        withSkillExecution(runID: "run-1", node: .plan, emitEvents: false, emitter: emitter) { _ in }
        #expect(metrics.counterTotal(label: "workflow_executions") == 0)
    }

    @Test("Names made up at run time do not flood the backend")
    func boundedNodes() throws {
        let emitter = emitter
        for number in 0..<1010 {
            withSkillExecution(runID: "run-1", node: Node(rawValue: "N\(number)"), emitter: emitter) { _ in }
        }
        #expect(metrics.counters(label: "workflow_executions").count == 1001)
        #expect(try metrics.expectCounter("workflow_executions", [("node", "other")]).totalValue == 10)
        #expect(metrics.counterTotal(label: "workflow_executions") == 1010)
    }

    @Test("An emitter without a metrics backend costs and breaks nothing")
    func noBackend() {
        withRecordedEvents { sink in
            withSkillExecution(runID: "run-1", node: .plan) { _ in }
            #expect(sink.phases == [.start, .end])
        }
    }
}
