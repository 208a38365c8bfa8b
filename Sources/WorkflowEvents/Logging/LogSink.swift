public import Logging

/// Writes each event to the log: `start` and `end` at level `info`, `fail` at `error`.
///
/// The message is `workflow_event.LYRICS.end`. The metadata are `run_id`, `node`, `phase`, `duration_ms`, `metrics`,
/// `issues` and `service`, and `trace_id` and `span_id` if known. Numbers stay numbers for a handler that asks
/// (``JSONLinesLogHandler`` does). How prompt ``emit(_:)`` is depends on the log handler.
public struct LogSink: EventSink {
    private let logger: Logger

    /// A sink that writes to `logger`; to one labelled `workflow-events` unless given.
    public init(logger: Logger = Logger(label: "workflow-events")) {
        self.logger = logger
    }

    /// Logs `event`.
    public func emit(_ event: WorkflowEvent) {
        logger.log(
            level: event.phase == .fail ? .error : .info,
            "workflow_event.\(event.node.rawValue).\(event.phase.rawValue)",
            metadata: Self.metadata(of: event))
    }

    private static func metadata(of event: WorkflowEvent) -> Logger.Metadata {
        var metrics = Logger.Metadata(minimumCapacity: event.metrics.count)
        for (name, value) in event.metrics { metrics[name] = .stringConvertible(value) }
        var metadata: Logger.Metadata = [
            "run_id": .string(event.runID),
            "node": .string(event.node.rawValue),
            "phase": .stringConvertible(LoggedPhase(phase: event.phase, ts: event.ts)),
            "duration_ms": .stringConvertible(event.durationMS),
            "metrics": .dictionary(metrics),
            "issues": .array(event.issues.map { .string($0) }),
        ]
        if let service = event.service { metadata["service"] = .string(service) }
        if let traceID = event.traceID { metadata["trace_id"] = .string(traceID) }
        if let spanID = event.spanID { metadata["span_id"] = .string(spanID) }
        return metadata
    }
}

/// The phase of a logged event: how a handler knows that a record is one, and when it happened.
struct LoggedPhase: Sendable, CustomStringConvertible {
    let phase: Phase
    let ts: Timestamp
    var description: String { phase.rawValue }
}
