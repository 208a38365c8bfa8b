/// What a ``DurableSink`` delivers its batches to: a ledger database, or a service in front of one.
public protocol BatchDestination: Sendable {
    /// Stores `events` durably, in order; those already stored count as stored.
    ///
    /// The sink keeps one batch in flight. A batch of unknown outcome is sent again, possibly by another process and with
    /// other events in the same batch: the destination must make that harmless. When its task is cancelled the
    /// destination returns or throws promptly: the end of the program waits for it.
    ///
    /// - Returns: the events that can never be stored, with the reason; everything else is stored.
    /// - Throws: ``DestinationError`` if nothing can be said about the batch now; it will be sent again.
    func deliver(_ events: [WorkflowEvent]) async throws(DestinationError) -> [RefusedEvent]

    /// Does the destination's background work until its task is cancelled.
    func run() async throws
}

extension BatchDestination {
    /// Nothing: most destinations have no background work.
    public func run() async throws {}
}

/// An event that a destination will never store, and why.
public struct RefusedEvent: Sendable, Hashable {
    /// Where the event stood in the batch, from 0.
    public var index: Int
    /// The field that is wrong, as a JSON pointer within the event (RFC 6901): `/ts`; empty for the event as a whole.
    public var pointer: String
    /// What is wrong, in one sentence.
    public var reason: String

    /// The event at `index` is refused because of `reason`, which is about the field at `pointer`.
    public init(index: Int, pointer: String = "", reason: String) {
        self.index = index
        self.pointer = pointer
        self.reason = reason
    }
}

/// A destination could not take a batch now: it is away, overloaded or misconfigured. Sending again is safe.
public struct DestinationError: Error, Sendable, CustomStringConvertible {
    /// What happened and what to do, in one sentence; never a secret.
    public var message: String

    /// An error that says `message`.
    public init(_ message: String) {
        self.message = message
    }

    /// The message.
    public var description: String { message }
}
