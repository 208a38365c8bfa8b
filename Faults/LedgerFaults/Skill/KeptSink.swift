import WorkflowEvents

/// Notes each emitted event after the sinks before it have it on disk.
struct KeptSink: EventSink {
    let journal: Journal

    func emit(_ event: WorkflowEvent) {
        // One that is recorded comes here first, and is noted once it is acknowledged.
        guard !event.metrics.contains(where: { $0.name == SkillWork.recordedMetric }) else { return }
        journal.add(.kept(EventName(event)))
    }
}
