import Synchronization
public import WorkflowEvents

/// Keeps the events it is sent, for a test to look at.
///
/// ```swift
/// try withRecordedEvents { sink in
///     try generateLyrics(runID: "test-123", input: input)
///     #expect(sink.timeline == ["LYRICS.start", "LYRICS.end"])
///     #expect(sink.event(.lyrics, .end)?.metrics["lines_generated"] == 42)
/// }
/// ```
///
/// To an emitter's `record` it is a durable sink: what is recorded is kept when the call returns.
public final class RecordingSink: EventSink {
    private let recorded = Mutex<[WorkflowEvent]>([])

    /// A sink without events.
    public init() {}

    /// Keeps `event`.
    public func emit(_ event: WorkflowEvent) {
        recorded.withLock { $0.append(event) }
    }

    /// Always: recording is keeping.
    public var isDurable: Bool { true }

    /// Every event, in the order in which they came.
    public var events: [WorkflowEvent] { recorded.withLock { $0 } }

    /// The events of `node`, `phase` and `runID`, as far as given, in the order in which they came.
    public func events(node: Node? = nil, phase: Phase? = nil, runID: String? = nil) -> [WorkflowEvent] {
        events.filter {
            (node == nil || $0.node == node) && (phase == nil || $0.phase == phase)
                && (runID == nil || $0.runID == runID)
        }
    }

    /// The last event of `node` and `phase`.
    public func event(_ node: Node, _ phase: Phase) -> WorkflowEvent? {
        events.last { $0.node == node && $0.phase == phase }
    }

    /// The phases, in the order in which they came: `[.start, .end]` for one skill that succeeded.
    public var phases: [Phase] { events.map(\.phase) }

    /// Node and phase of every event, in the order in which they came: `["LYRICS.start", "LYRICS.end"]`.
    public var timeline: [String] { events.map { "\($0.node).\($0.phase)" } }

    /// Forgets every event.
    public func removeAll() {
        recorded.withLock { $0.removeAll() }
    }
}
