public import WorkflowEvents

/// An execution as its events tell it.
public struct RecordedExecution: Sendable, Hashable {
    /// How an execution went.
    public enum Outcome: Sendable, Hashable {
        /// It has started and neither ended nor failed.
        case running
        /// It ended.
        case ended
        /// It failed.
        case failed
    }

    /// The `start` event; `nil` if none came.
    public var start: WorkflowEvent?
    /// The `end` or `fail` event; `nil` while the execution runs.
    public var finish: WorkflowEvent?

    /// The run it belongs to.
    public var runID: String { first.runID }
    /// The step it executed.
    public var node: Node { first.node }
    /// What was measured; nothing while it runs.
    public var metrics: MetricSet { finish?.metrics ?? [:] }
    /// What worried the skill; nothing while it runs. The last issue of a failed execution is its error.
    public var issues: [String] { finish?.issues ?? [] }

    /// How it went.
    public var outcome: Outcome {
        switch finish?.phase {
        case .end: .ended
        case .fail: .failed
        case .start, nil: .running
        }
    }

    private let first: WorkflowEvent

    init(first: WorkflowEvent) {
        self.first = first
        self.start = first.phase == .start ? first : nil
        self.finish = first.phase == .start ? nil : first
    }
}

extension RecordingSink {
    /// The executions, in the order in which their first events came.
    ///
    /// Events with the same `executionID` are one execution. Those without one are paired as the ledger
    /// pairs them: within a run and node, an `end` or `fail` closes the earliest open `start`.
    public var executions: [RecordedExecution] {
        var executions: [RecordedExecution] = []
        for event in events {
            let open = executions.firstIndex { $0.finish == nil && event.phase != .start && $0.includes(event) }
            if let open { executions[open].finish = event } else { executions.append(RecordedExecution(first: event)) }
        }
        return executions
    }
}

extension RecordedExecution {
    fileprivate func includes(_ event: WorkflowEvent) -> Bool {
        runID == event.runID && node == event.node && start?.executionID == event.executionID
    }
}
