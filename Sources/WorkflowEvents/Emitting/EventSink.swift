/// Where an emitter sends its events.
///
/// A failing sink never disturbs another, and never the skill.
public protocol EventSink: Sendable {
    /// Takes `event` at once: never blocks, throws or suspends. A sink that has no room counts the drop.
    func emit(_ event: WorkflowEvent)

    /// Takes `event` and returns when the sink has done with it what it promises; a durable sink when it is committed.
    ///
    /// - Throws: ``RecordError`` if the event is refused or the sink cannot promise it.
    func record(_ event: WorkflowEvent) async throws

    /// Whether ``record(_:)`` promises durable storage.
    var isDurable: Bool { get }

    /// Does the sink's background work until its task is cancelled; then flushes within the sink's deadline.
    ///
    /// Unless implemented, waits for the cancellation and flushes.
    func run() async throws

    /// Returns when everything emitted before the call is delivered or spooled, or the deadline has passed.
    func flush() async
}

extension EventSink {
    /// Emits `event`: right for a sink that promises nothing more.
    public func record(_ event: WorkflowEvent) async throws { emit(event) }

    /// `false`.
    public var isDurable: Bool { false }

    /// Waits until the task is cancelled, then flushes.
    public func run() async throws {
        await waitForCancellation()
        await flush()
    }

    /// Does nothing: right for a sink that holds nothing back.
    public func flush() async {}
}
