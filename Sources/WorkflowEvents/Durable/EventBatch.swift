/// Events of one process with consecutive sequence numbers, which go to the destination together.
package struct EventBatch: Sendable {
    /// The number of the first event among all that this process's sink took, from 1.
    package var sequence: UInt64
    /// The events, in the order in which they were emitted.
    package var events: [WorkflowEvent] = []
    /// About how much memory the events hold.
    package var bytes = 0
    /// When the first event was emitted; meaningless without events.
    package var oldest: MonotonicTime
    /// The file that already holds the same events, in spool-first mode.
    package var journal: Journal?

    package init(sequence: UInt64, events: [WorkflowEvent] = [], bytes: Int = 0, oldest: MonotonicTime) {
        self.sequence = sequence
        self.events = events
        self.bytes = bytes
        self.oldest = oldest
    }

    /// The number of the event that will follow the last.
    package var endSequence: UInt64 { sequence + UInt64(events.count) }
}
