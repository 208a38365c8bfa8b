package import WorkflowEvents

/// A few runs whose answers can be worked out by hand.
///
/// `a` completed, `b` failed, `c` is running, `d` is idle and has an end without a start, `e` has two FIX executions
/// that overlap, `f` failed without saying why; and a service dropped events.
package enum FixedRuns {
    /// 2025-11-18T12:00:00Z and so many seconds.
    package static func time(_ seconds: Int64) -> Timestamp {
        Timestamp(microsecondsSince1970: (1_763_467_200 + seconds) * 1_000_000)
    }

    /// All events, in the order in which they are stored.
    package static let events: [WorkflowEvent] = [
        event("a", .lyrics, .start, 0),
        event("a", .lyrics, .end, 10, durationMS: 100, issues: ["short"]),
        event("a", .review, .start, 11),
        event("a", .review, .end, 20, durationMS: 900),
        event("b", .lyrics, .start, 30),
        event("b", .lyrics, .fail, 40, durationMS: 5000, issues: ["slow", "boom"]),
        event("b", .style, .start, 41),
        event("b", .style, .end, 42, durationMS: 200),
        event("c", .lyrics, .start, 50),
        event("c", .lyrics, .end, 51, durationMS: 200, issues: ["short", "short"]),
        event("c", .style, .start, 52),
        event("d", .lyrics, .start, 60),
        event("d", .lyrics, .end, 61, durationMS: 400),
        event("d", .plan, .end, 65, durationMS: 2000),
        event("e", .fix, .start, 70),
        event("e", .fix, .start, 80),
        event("e", .fix, .end, 85, durationMS: 15_000),
        event("e", .fix, .fail, 100, durationMS: 20_000, issues: ["x"]),
        event("f", .plan, .fail, 110, durationMS: 7),
        WorkflowEvent(
            ts: time(200), runID: "runledger:tests", node: "runledger.drop", phase: .fail,
            metrics: ["dropped_events": 3, "dropped_bytes": 999], issues: ["3 events were dropped"]),
    ]

    private static func event(
        _ runID: String, _ node: Node, _ phase: Phase, _ seconds: Int64, durationMS: Int = 0, issues: [String] = []
    ) -> WorkflowEvent {
        WorkflowEvent(
            ts: time(seconds), runID: runID, node: node, phase: phase, durationMS: durationMS, issues: issues)
    }
}
