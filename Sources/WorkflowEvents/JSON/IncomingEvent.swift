/// An event as it was read, with what its identity depends on.
package struct IncomingEvent: Sendable, Hashable {
    /// The event, within all limits.
    ///
    /// Without an `id` it carries a new UUIDv7, and without a `ts` the time of reading, for the caller to replace.
    package var event: WorkflowEvent
    /// Whether the text gave an `id`.
    package var hasID: Bool
    /// Whether the text gave a `ts`; always so if it gave an `id`.
    package var hasTimestamp: Bool

    /// An event read from a text that gave its `id` and `ts` or not.
    package init(event: WorkflowEvent, hasID: Bool, hasTimestamp: Bool) {
        self.event = event
        self.hasID = hasID
        self.hasTimestamp = hasTimestamp
    }
}
