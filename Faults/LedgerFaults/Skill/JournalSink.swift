import WorkflowEvents

/// Notes each event before the sinks behind it get it.
struct JournalSink: EventSink {
    let journal: Journal

    func emit(_ event: WorkflowEvent) {
        journal.add(.sent(EventName(event)))
    }
}
