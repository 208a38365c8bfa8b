#if canImport(FoundationEssentials)
    public import FoundationEssentials
#else
    public import Foundation
#endif

/// One immutable record of a phase of an execution: that a skill started, ended or failed.
///
/// An event is identified by ``runID``, ``ts`` and ``id`` together. Recording the same event again stores nothing; the
/// same identity with other content is refused.
public struct WorkflowEvent: Sendable, Hashable, Identifiable {
    /// Makes the event unique; a UUIDv7 unless given.
    public var id: UUID
    /// When it happened, by the emitter's clock.
    public var ts: Timestamp
    /// The run it belongs to: 1 to 255 UTF-8 bytes without control characters.
    public var runID: String
    /// The step that emitted it.
    public var node: Node
    /// What happened.
    public var phase: Phase
    /// How long the execution took, in milliseconds: 0 or more, 0 on start, at most 2⁵³ − 1.
    public var durationMS: Int
    /// What was measured: at most 256 numbers.
    public var metrics: MetricSet
    /// What worried the skill: at most 256 texts of at most 8 KiB each.
    public var issues: [String]
    /// Ties the start of an execution to its end or fail; `nil` leaves the pairing to the order of events.
    public var executionID: UUID?
    /// The program that emitted it, at most 255 UTF-8 bytes; `nil` is filled in by the emitter.
    public var service: String?
    /// The trace of the execution's span, as the tracer writes it.
    public var traceID: String?
    /// The execution's span, as the tracer writes it.
    public var spanID: String?

    /// An event with what is given, else a new id, the present time, no duration, metrics or issues.
    public init(
        id: UUID = UUIDv7.next(),
        ts: Timestamp = .now,
        runID: String,
        node: Node,
        phase: Phase,
        durationMS: Int = 0,
        metrics: MetricSet = [:],
        issues: [String] = [],
        executionID: UUID? = nil,
        service: String? = nil,
        traceID: String? = nil,
        spanID: String? = nil
    ) {
        self.id = id
        self.ts = ts
        self.runID = runID
        self.node = node
        self.phase = phase
        self.durationMS = durationMS
        self.metrics = metrics
        self.issues = issues
        self.executionID = executionID
        self.service = service
        self.traceID = traceID
        self.spanID = spanID
    }

    /// ``durationMS`` as a `Duration`.
    public var duration: Duration { .milliseconds(durationMS) }

    /// About how much memory the event holds: what buffers count against their limits.
    package var estimatedBytes: Int {
        var bytes = MemoryLayout<WorkflowEvent>.size + runID.utf8.count + node.rawValue.utf8.count
        // What is reserved counts, not what is used: a set makes room for a handful of metrics at once.
        bytes += metrics.pairs.capacity * MemoryLayout<(name: String, value: MetricValue)>.stride
        for pair in metrics.pairs { bytes += pair.name.utf8.count }
        for issue in issues { bytes += 32 + issue.utf8.count }
        return bytes
    }
}
