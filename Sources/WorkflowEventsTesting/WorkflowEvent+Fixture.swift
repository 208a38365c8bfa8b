public import WorkflowEvents

extension WorkflowEvent {
    /// The `start` event of a run's step, with a new identifier and the present time unless given.
    public static func start(_ node: Node, runID: String = "test-run", ts: Timestamp = .now) -> WorkflowEvent {
        WorkflowEvent(ts: ts, runID: runID, node: node, phase: .start)
    }

    /// The `end` event of a run's step.
    public static func end(
        _ node: Node, runID: String = "test-run", ts: Timestamp = .now, durationMS: Int = 0, metrics: MetricSet = [:],
        issues: [String] = []
    ) -> WorkflowEvent {
        WorkflowEvent(
            ts: ts, runID: runID, node: node, phase: .end, durationMS: durationMS, metrics: metrics, issues: issues)
    }

    /// The `fail` event of a run's step.
    public static func fail(
        _ node: Node, runID: String = "test-run", ts: Timestamp = .now, durationMS: Int = 0, metrics: MetricSet = [:],
        issues: [String] = []
    ) -> WorkflowEvent {
        WorkflowEvent(
            ts: ts, runID: runID, node: node, phase: .fail, durationMS: durationMS, metrics: metrics, issues: issues)
    }
}
