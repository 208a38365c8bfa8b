package import WorkflowEvents
package import WorkflowEventsPostgres

extension EventFilter {
    /// Whether `event` passes; what a stream asks of each event, where a list asks the database.
    package func matches(_ event: WorkflowEvent) -> Bool {
        (runIDs.isEmpty || runIDs.contains { $0.hasSameBytes(as: event.runID) })
            && (nodes.isEmpty || nodes.contains { $0.rawValue.hasSameBytes(as: event.node.rawValue) })
            && (phases.isEmpty || phases.contains(event.phase))
            && since.map { event.ts >= $0 } ?? true
            && until.map { event.ts < $0 } ?? true
            && hasIssues.map { $0 != event.issues.isEmpty } ?? true
            && text.map { text in event.issues.contains { $0.lowercased().contains(text.lowercased()) } } ?? true
    }
}
