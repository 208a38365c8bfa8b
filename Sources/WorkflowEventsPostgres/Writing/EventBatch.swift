package import WorkflowEvents

/// The events that one transaction stores for one source, at least one.
package struct EventBatch {
    var source: String?
    var events: [WorkflowEvent]

    package init(source: String? = nil, events: [WorkflowEvent]) {
        self.source = source
        self.events = events
    }

    /// The earliest and latest time of its events.
    var span: ClosedRange<Timestamp> {
        var span = events[0].ts...events[0].ts
        for event in events.dropFirst() {
            span = min(span.lowerBound, event.ts)...max(span.upperBound, event.ts)
        }
        return span
    }
}
