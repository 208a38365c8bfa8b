import WorkflowEvents
import WorkflowEventsPostgres

extension Timestamp {
    /// A Tuesday, so many seconds after noon.
    static func noon(_ seconds: Int64 = 0) -> Timestamp {
        Timestamp(microsecondsSince1970: (1_763_467_200 + seconds) * 1_000_000)
    }
}

/// Events of one run, a second apart and numbered by their durations.
func numberedEvents(_ count: Int, runID: String = "r1") -> [WorkflowEvent] {
    (0..<count).map { number in
        WorkflowEvent(
            ts: .noon(Int64(number)), runID: runID, node: .lyrics, phase: .end, durationMS: number,
            metrics: ["number": MetricValue(number)])
    }
}

extension WorkflowEvent {
    /// The same identity with other content.
    var falsified: WorkflowEvent {
        var event = self
        event.durationMS += 1
        return event
    }
}

extension Result {
    /// What came of it, if nothing went wrong.
    var value: Success? {
        if case .success(let value) = self { value } else { nil }
    }

    /// What went wrong, if something did.
    var error: Failure? {
        if case .failure(let error) = self { error } else { nil }
    }
}
