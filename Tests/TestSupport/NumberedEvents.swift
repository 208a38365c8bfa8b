package import WorkflowEvents

/// Events of one run, a second apart and numbered by their durations.
package func numberedEvents(
    _ numbers: Range<Int>, runID: String = "r1", node: Node = .lyrics, issue: String? = nil
) -> [WorkflowEvent] {
    numbers.map { number in
        WorkflowEvent(
            ts: Timestamp(microsecondsSince1970: (1_763_467_200 + Int64(number)) * 1_000_000), runID: runID,
            node: node, phase: .end, durationMS: number, issues: issue.map { [$0] } ?? [])
    }
}
